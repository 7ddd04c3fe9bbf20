#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "data/rows.h"
#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/gemm.h"
#include "engine/fused/cuda/resources.h"
#include "engine/fused/cuda/row_targets.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// A batch: its rows, those of each model, and in which of the network's two places it lies. While a training works on
// one place, the next batch is gathered into the other. `has_ranges`: whether each row's loss goes over classes of its
// own, instead of all.
struct BatchPlace {
  int64_t rows;
  size_t place = 0;
  bool has_ranges = false;
  BatchTerms terms{};  // where they are used, there are ranges
  int64_t own = 0;     // of its rows, those that the terms go over: the first ones
};

// Forward and backward of multilayer perceptrons with ReLU and cross-entropy on the GPU, derived by hand, in buffers
// that stay: of one model, or of several alike, whose GEMMs are then batches. Every call only gives the streams work
// and returns.
class CudaNetwork {
 public:
  // `model`: the one whose layers these are, or one that is like all of them.
  CudaNetwork(const Mlp& model, Precision precision, int64_t models);

  cudaStream_t stream() const { return main_.get(); }
  // For what nothing of a step waits for before its update: after fork() it has all that stream() was given;
  // forward_backward() ends with the opposite.
  cudaStream_t side_stream() const { return side_.get(); }
  void fork();
  // Until both of its streams are done, whatever became of their work.
  void wait() const;
  Element element() const { return gemm_.element(); }
  const ModelBatch& models() const { return models_; }
  // Where the parameters of the layers behind the first begin.
  int64_t first_layer_end() const { return layers_.size() > 1 ? layers_[1].weight : models_.stride; }

  // Buffers for up to `rows` rows, with the first place. Work given before must be done where they have to grow.
  void reserve(int64_t rows);
  // The same with both places.
  void reserve_both(int64_t rows);
  // Counts how often the buffers moved: what was captured before is then worthless.
  int64_t generation() const { return generation_; }

  // Parameters for the GEMMs: vectors laid out like the model's. In bfloat16 they are rounded into a copy.
  void use(const float* values);
  // Where that copy is; null in float32.
  void* rounded() const { return rounded_.defined() ? rounded_.mutable_data_ptr() : nullptr; }

  // A batch of examples of data sets; or, with one model and in the first place, of inputs that exist, and of ranges on
  // the host, which must outlive the stream's work; none: all classes.
  void gather(const Selection& selection, const BatchPlace& batch, cudaStream_t stream);
  void load(const at::Tensor& inputs, const at::Tensor& labels, const std::vector<ClassBounds>& ranges = {});

  // The logits.
  void forward(const BatchPlace& batch);
  // Forward and backward: each row's loss, and in `gradient`, which is laid out like the parameters, or added to it,
  // `scale` times the gradient of the mean loss.
  // `beside`, unless null, is called once the side stream has the gradients of all layers but the first, and is behind
  // all that reads those layers' parameters; not where there is one layer.
  void forward_backward(const BatchPlace& batch, double scale, float* gradient, bool add,
                        const std::function<void()>& beside = nullptr);
  // After forward(): each row's loss.
  void losses(const BatchPlace& batch);
  // After forward(), in the first place, with one model.
  void count_correct(int64_t rows, const ClassRange& range, unsigned long long* count);

  // The GEMMs of a step, by whatever kernels they run in, with nothing between them, to be timed.
  void gemm_alone(int64_t rows, float* gradient);

  // [models, rows]
  const double* row_losses(size_t place = 0) const { return batches_[place].row_losses.const_data_ptr<double>(); }

 private:
  struct Layer {
    int64_t weight;  // offsets in the parameter vector
    int64_t bias;
    int64_t inputs;
    int64_t units;
  };

  struct BatchBuffers {
    int64_t rows = 0;
    at::Tensor inputs;      // [rows, width] of each model
    at::Tensor labels;      // int64 [models, rows]
    at::Tensor ranges;      // ClassBounds [models, rows]
    at::Tensor targets;     // const float* [models, rows]
    at::Tensor row_losses;  // float64 [models, rows]
  };

  void reserve_batch(BatchBuffers& batch, int64_t rows);
  // What layer `index` reads.
  const void* inputs(size_t index, const BatchPlace& batch) const;
  const void* parameter(int64_t offset) const;
  const float* bias(const Layer& layer) const { return values_ + layer.bias; }
  const ClassBounds* ranges(const BatchPlace& batch) const;
  const float* logits() const { return activations_.back().const_data_ptr<float>(); }
  // Whether one kernel goes forward and back through the output layer, up to the layer before's gradient.
  bool has_narrow_output(const BatchPlace& batch) const;
  void forward_layer(size_t index, const BatchPlace& batch);
  void output_layer(const BatchPlace& batch, float scale);
  void output_gradients(const BatchPlace& batch, float* gradient, bool add);
  void cross_entropy(const BatchPlace& batch, float scale, void* gradient);
  void layer_gradients(size_t index, const BatchPlace& batch, float* gradient, bool add);
  // The weights' gradient, on the side stream, after fork(), but for the first layer's: that ends the chain. And the
  // gradient of the layer before.
  void layer_gemm(size_t index, const BatchPlace& batch, float* gradient, bool add);
  // The main stream has all that the side stream was given.
  void join();
  // Multiplies a layer forward. Returns false where cuBLASLt has no GEMM with bias and ReLU: they are still to be
  // applied.
  bool forward_gemm(size_t index, const BatchPlace& batch);

  std::vector<Layer> layers_;
  ModelBatch models_;
  Gemm gemm_;
  Stream main_;
  Stream side_;
  Event ready_;
  Event done_;
  at::Tensor workspaces_;  // uint8 [2, kWorkspaceBytes]
  Lane main_lane_;
  Lane side_lane_;
  at::TensorOptions options_;  // of the GEMMs' inputs
  const float* values_ = nullptr;
  at::Tensor rounded_;  // bfloat16 [models, size]
  std::array<BatchBuffers, 2> batches_;
  std::vector<at::Tensor> activations_;  // of each layer, [rows, width] of each model; the last are float32: logits
  std::vector<at::Tensor> gradients_;    // by them
  int64_t rows_ = 0;
  int64_t generation_ = 0;
};

}  // namespace cl_torch::fused
