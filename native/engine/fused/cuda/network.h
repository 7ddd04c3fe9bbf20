#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/gemm.h"
#include "engine/fused/cuda/resources.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// Forward and backward of multilayer perceptrons with ReLU and cross-entropy on the GPU, derived by hand, in buffers
// that stay: of one model, or of several alike, whose GEMMs are then batches. Every call only gives the streams work
// and returns; `rows` are those of each model.
class CudaNetwork {
 public:
  // `model`: the one whose layers these are, or one that is like all of them.
  CudaNetwork(const Mlp& model, Precision precision, int64_t models);

  cudaStream_t stream() const { return main_.get(); }
  // Until both of its streams are done, whatever became of their work.
  void wait() const;
  Element element() const { return gemm_.element(); }
  const ModelBatch& models() const { return models_; }

  // Buffers for up to `rows` rows. Work given before must be done where they have to grow.
  void reserve(int64_t rows);
  // Counts how often the buffers moved: what was captured before is then worthless.
  int64_t generation() const { return generation_; }

  // Parameters for the GEMMs: vectors laid out like the model's. In bfloat16 they are rounded into a copy.
  void use(const float* values);
  // Where that copy is; null in float32.
  void* rounded() const { return rounded_.defined() ? rounded_.mutable_data_ptr() : nullptr; }

  // The next batch: examples of data sets, or, with one model, inputs that exist.
  void gather(const Selection& selection, int64_t rows);
  void load(const at::Tensor& inputs, const at::Tensor& labels);

  void forward(int64_t rows);
  // After forward(): each row's loss. `gradient`, unless null, is laid out like the parameters; it gets, or gets added,
  // `scale` times the gradient of the mean loss.
  void backward(int64_t rows, double scale, float* gradient, bool add);
  void losses(int64_t rows);
  // One model.
  void count_correct(int64_t rows, unsigned long long* count);

  // The GEMMs of a step with nothing between them, to be timed.
  void gemm_alone(int64_t rows, float* gradient);

  double* row_losses() const { return row_losses_.mutable_data_ptr<double>(); }

 private:
  struct Layer {
    int64_t weight;  // offsets in the parameter vector
    int64_t bias;
    int64_t inputs;
    int64_t units;
  };

  const void* parameter(int64_t offset) const;
  const float* bias(const Layer& layer) const { return values_ + layer.bias; }
  const float* logits() const { return activations_.back().const_data_ptr<float>(); }
  void cross_entropy(int64_t rows, float scale, void* gradient);
  void layer_gradients(size_t index, int64_t rows, float* gradient, bool add);
  void layer_gemm(size_t index, int64_t rows, float* gradient, bool add);
  // The side stream has all that the main one was given, and the other way around.
  void fork();
  void join();
  // Multiplies a layer forward. Returns false where cuBLASLt has no GEMM with bias and ReLU: they are still to be
  // applied.
  bool forward_gemm(size_t index, int64_t rows);

  std::vector<Layer> layers_;
  ModelBatch models_;
  Gemm gemm_;
  Stream main_;
  Stream side_;  // the weights' gradients: nothing else of a backward pass waits for them
  Event ready_;
  Event done_;
  at::Tensor workspaces_;  // uint8 [2, kWorkspaceBytes]
  Lane main_lane_;
  Lane side_lane_;
  at::TensorOptions options_;  // of the GEMMs' inputs
  const float* values_ = nullptr;
  at::Tensor rounded_;                   // bfloat16 [models, size]
  std::vector<at::Tensor> activations_;  // [rows, width] of each model; the last are the logits, in float32
  std::vector<at::Tensor> gradients_;    // by the activations; none for the inputs
  at::Tensor labels_;                    // int64 [models, rows]
  at::Tensor row_losses_;                // float64 [models, rows]
  int64_t rows_ = 0;
  int64_t generation_ = 0;
};

}  // namespace cl_torch::fused
