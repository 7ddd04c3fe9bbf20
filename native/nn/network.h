#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nn/layout.h"
#include "nn/network_spec.h"

namespace cl_torch {

// What a forward pass is for.
enum class Mode {
  kTraining,         // BatchNorm uses the statistics of the batch and keeps running ones,
  kBatchStatistics,  // uses them and keeps nothing,
  kEvaluation,       // uses the running ones.
};

// A network that gives every row of inputs a number (logit) for each class.
class Network {
 public:
  virtual ~Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const NetworkSpec& spec() const { return spec_; }
  int64_t inputs() const { return spec_.inputs(); }
  int64_t classes() const { return spec_.classes; }

  // What training changes by its gradient,
  ParameterVector& parameters() { return parameters_; }
  const ParameterVector& parameters() const { return parameters_; }
  // and what a forward pass in training mode keeps beside: running means, for example. It may be empty.
  TensorVector& buffers() { return buffers_; }
  const TensorVector& buffers() const { return buffers_; }
  // The tensors of both.
  const Layout& layout() const { return layout_; }

  // [n, inputs()] → logits [n, classes()]: the last layer, which is linear, of the features.
  at::Tensor forward(const at::Tensor& inputs, Mode mode);
  // [n, inputs()] → what the last layer takes, [n, feature_count()].
  virtual at::Tensor features(const at::Tensor& inputs, Mode mode) = 0;
  int64_t feature_count() const;

  // Numbers that a row of inputs becomes where the network is widest; it bounds how many rows are taken at once.
  virtual int64_t widest() const = 0;

  // How much of a batch's statistics goes into the running ones; PyTorch's default.
  static constexpr double kNormMomentum = 0.1;
  double norm_momentum() const { return norm_momentum_; }
  void set_norm_momentum(double momentum) { norm_momentum_ = momentum; }

  // Whether a forward pass in training mode draws random numbers, from this generator.
  virtual bool draws() const { return false; }
  const at::Generator& generator() const { return generator_; }
  void set_generator(const at::Generator& generator) { generator_ = generator; }

  // Rows that a forward pass in training mode takes at least: a single value has no variance to be divided by.
  virtual int64_t least_training_rows() const { return 1; }

  // Parameters that get no gradient from now on, by the names of their tensors; BatchNorm whose scale is one of them
  // uses its running statistics in training mode, too, and leaves them as they are. Throws INVALID_ARGUMENT for a name
  // that is none, and where no parameter would be left to train.
  void freeze(const std::vector<std::string>& names);

  // Lets all tensors start anew.
  void initialise(const RandomStreams& streams) { layout_.start(parameters_, buffers_, streams); }

 protected:
  // All zero.
  Network(NetworkSpec spec, Layout layout, const c10::Device& device)
      : spec_(std::move(spec)),
        layout_(std::move(layout)),
        parameters_(layout_.parameters(), device),
        buffers_(layout_.buffers(), device) {}

 private:
  const at::Tensor& head_weight() const;

  NetworkSpec spec_;
  Layout layout_;
  ParameterVector parameters_;
  TensorVector buffers_;
  double norm_momentum_ = kNormMomentum;
  at::Generator generator_;
};

}  // namespace cl_torch
