#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "data/rows.h"
#include "engine/fused/cpu/gemm.h"
#include "methods/batch_loss.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// The layers of a vector laid out like a model's parameters.
struct Layer {
  at::Tensor weight;  // [units, inputs]
  at::Tensor bias;    // [units]
};
std::vector<Layer> layers_of(const ParameterVector& parameters, const at::Tensor& vector);

// Forward and backward of a multilayer perceptron with ReLU and cross-entropy, derived by hand, in buffers that stay.
class CpuNetwork {
 public:
  explicit CpuNetwork(const Mlp& model);

  // The buffers of a batch of `rows`, to be filled before forward().
  void begin(int64_t rows);
  float* inputs() { return current().activations.front().mutable_data_ptr<float>(); }
  int64_t* labels() { return labels_.data(); }
  // The classes that each row's loss goes over; empty: all.
  void set_classes(std::vector<ClassRange> classes) { classes_ = std::move(classes); }
  // Consecutive rows that are learnt by a loss of their own, its means taken over them. All rows are in one.
  struct Group {
    int64_t rows;
    const BatchLoss* loss;
    at::Tensor targets;  // of its first rows, [rows, classes], where the loss has any
  };
  // Of the next batches; empty: all rows are learnt by their cross-entropy.
  void set_groups(std::vector<Group> groups) { groups_ = std::move(groups); }

  void forward(const std::vector<Layer>& layers);

  // After forward(): the mean cross-entropy.
  double loss(const std::vector<Layer>& layers);

  // The same, and its gradient, scaled.
  double backward(const std::vector<Layer>& layers, double scale, const std::vector<Layer>& gradients, WriteMode mode);

  // After forward(): [rows, classes].
  at::Tensor logits(const std::vector<Layer>& layers) const;

  // After forward(): what the last layer takes, [rows, width]; the next batch overwrites it.
  const at::Tensor& features() const { return current().activations[widths_.size() - 2]; }

  // After forward(): rows whose largest logit of the range is their label's.
  int64_t correct(const std::vector<Layer>& layers, const ClassRange& range) const;

 private:
  // Views into the buffers for one number of rows; index 0 is the inputs.
  struct Batch {
    int64_t rows;
    std::vector<at::Tensor> activations;
    std::vector<at::Tensor> gradients;  // by the activations; none for the inputs
  };

  const Batch& current() const { return batches_[batch_]; }
  double mean_loss(const Layer& output, float scale, float* gradient);
  double group_losses(const Layer& output, double scale, float* gradient);
  double group_loss(const Group& group, int64_t begin, const Layer& output, double scale, float* gradient);
  double mean_of_losses(int64_t begin, int64_t rows) const;

  std::vector<int64_t> widths_;
  std::vector<at::Tensor> activations_;  // [most rows, width]
  std::vector<at::Tensor> gradients_;
  std::vector<int64_t> labels_;
  std::vector<ClassRange> classes_;
  std::vector<Group> groups_;
  std::vector<float> losses_;
  std::vector<Batch> batches_;
  size_t batch_ = 0;
};

}  // namespace cl_torch::fused
