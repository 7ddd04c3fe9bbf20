#include "nn/layout.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

namespace cl_torch {
namespace {

// Kaiming uniform for a leaky ReLU of slope sqrt(5), the choice of nn.Linear and nn.Conv2d; in the same order of
// operations, so that the bound is the same double.
double weight_bound(int64_t fan_in) {
  const double slope = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1.0 + slope * slope));
  const double deviation = gain / std::sqrt(static_cast<double>(fan_in));
  return std::sqrt(3.0) * deviation;
}

// As torch.nn.init.xavier_uniform_ has it, in the same order of operations.
double xavier_bound(int64_t fan_in, int64_t fan_out) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(fan_in + fan_out));
  return std::sqrt(3.0) * deviation;
}

double bias_bound(int64_t fan_in) { return 1.0 / std::sqrt(static_cast<double>(fan_in)); }

}  // namespace

void Layout::Start::fill(at::Tensor target, const RandomStreams& streams) const {
  if (bound == 0) {
    target.fill_(value);
    return;
  }
  const at::Tensor drawn = at::empty(target.sizes(), at::kFloat);
  target.copy_(drawn.uniform_(-bound, bound, streams.host()));
}

void Layout::convolution(const std::string& name, int64_t outputs, int64_t inputs, int64_t kernel, bool has_bias) {
  weight_and_bias(name, {outputs, inputs, kernel, kernel}, inputs * kernel * kernel, has_bias);
}

void Layout::linear(const std::string& name, int64_t outputs, int64_t inputs, bool has_bias,
                    Initialisation initialisation) {
  if (initialisation == Initialisation::kPyTorch) {
    weight_and_bias(name, {outputs, inputs}, inputs, has_bias);
    return;
  }
  parameter(name + ".weight", {outputs, inputs}, {xavier_bound(inputs, outputs), 0});
  if (has_bias) parameter(name + ".bias", {outputs}, {0, 0});
}

void Layout::batch_norm(const std::string& name, int64_t channels) {
  scale_and_shift(name, channels);
  buffers_.push_back({name + ".running_mean", {channels}});
  buffer_starts_.push_back({0, 0});
  buffers_.push_back({name + ".running_var", {channels}});
  buffer_starts_.push_back({0, 1});
}

void Layout::group_norm(const std::string& name, int64_t channels) { scale_and_shift(name, channels); }

void Layout::weight_and_bias(const std::string& name, std::vector<int64_t> weight, int64_t fan_in, bool has_bias) {
  const int64_t outputs = weight.front();
  parameter(name + ".weight", std::move(weight), {weight_bound(fan_in), 0});
  if (has_bias) parameter(name + ".bias", {outputs}, {bias_bound(fan_in), 0});
}

void Layout::scale_and_shift(const std::string& name, int64_t channels) {
  parameter(name + ".weight", {channels}, {0, 1});
  parameter(name + ".bias", {channels}, {0, 0});
}

void Layout::parameter(const std::string& name, std::vector<int64_t> shape, Start start) {
  parameters_.push_back({name, std::move(shape)});
  parameter_starts_.push_back(start);
}

int64_t Layout::size() const {
  int64_t size = 0;
  for (const auto& [name, shape] : parameters_) {
    size += std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  }
  return size;
}

void Layout::start(const ParameterVector& parameters, const TensorVector& buffers, const RandomStreams& streams) const {
  const c10::NoGradGuard no_grad;
  const auto& targets = parameters.parameters();
  for (size_t i = 0; i < targets.size(); ++i) parameter_starts_[i].fill(targets[i], streams);
  const auto buffer_targets = buffers.views(buffers.values());
  for (size_t i = 0; i < buffer_targets.size(); ++i) buffer_starts_[i].fill(buffer_targets[i], streams);
}

void Layout::start_new_rows(const Layout& smaller, const ParameterVector& parameters,
                            const RandomStreams& streams) const {
  const c10::NoGradGuard no_grad;
  const auto& targets = parameters.parameters();
  for (size_t i = 0; i < targets.size(); ++i) {
    const int64_t rows = smaller.parameters_[i].shape.front();
    if (rows < targets[i].size(0)) parameter_starts_[i].fill(targets[i].slice(0, rows), streams);
  }
}

}  // namespace cl_torch
