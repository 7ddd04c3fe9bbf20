#include "nn/mlp.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <utility>

namespace cl_torch {
namespace {

// Kaiming uniform for a leaky ReLU of slope sqrt(5), nn.Linear's choice; in the same order of operations, so that
// the bound is the same double.
double weight_bound(int64_t fan_in) {
  const double slope = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1.0 + slope * slope));
  const double deviation = gain / std::sqrt(static_cast<double>(fan_in));
  return std::sqrt(3.0) * deviation;
}

double bias_bound(int64_t fan_in) { return 1.0 / std::sqrt(static_cast<double>(fan_in)); }

std::vector<int64_t> with_last(std::vector<int64_t> widths, int64_t last) {
  widths.back() = last;
  return widths;
}

}  // namespace

std::vector<ParameterVector::Shape> Mlp::shapes(const std::vector<int64_t>& widths) {
  std::vector<ParameterVector::Shape> shapes;
  for (size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    const std::string name = "layers." + std::to_string(layer);
    shapes.push_back({name + ".weight", {widths[layer + 1], widths[layer]}});
    shapes.push_back({name + ".bias", {widths[layer + 1]}});
  }
  return shapes;
}

Mlp::Mlp(const Mlp& other, int64_t classes, const RandomStreams& streams)
    : widths_(with_last(other.widths_, classes)), parameters_(shapes(widths_), other.parameters_.values().device()) {
  const c10::NoGradGuard no_grad;
  const auto& parameters = parameters_.parameters();
  const int64_t fan_in = widths_[widths_.size() - 2];
  const double bounds[] = {weight_bound(fan_in), bias_bound(fan_in)};
  for (size_t part = 0; part < 2; ++part) {
    const at::Tensor& head = parameters[parameters.size() - 2 + part];
    draw(head.slice(0, other.classes()), bounds[part], streams);
  }
  carry_over(other.parameters_, other.parameters_.values(), parameters_, parameters_.values());
}

Mlp::Mlp(std::vector<int64_t> widths, const c10::Device& device)
    : widths_(std::move(widths)), parameters_(shapes(widths_), device) {}

Mlp::Mlp(std::vector<int64_t> widths, const RandomStreams& streams, const c10::Device& device)
    : Mlp(std::move(widths), device) {
  initialise(streams);
}

void Mlp::initialise(const RandomStreams& streams) {
  const c10::NoGradGuard no_grad;
  const auto& parameters = parameters_.parameters();
  for (size_t layer = 0; layer + 1 < widths_.size(); ++layer) {
    const int64_t fan_in = widths_[layer];
    const double bounds[] = {weight_bound(fan_in), bias_bound(fan_in)};
    for (size_t part = 0; part < 2; ++part) {
      const at::Tensor& parameter = parameters[2 * layer + part];
      draw(parameter, bounds[part], streams);
    }
  }
}

void Mlp::draw(const at::Tensor& target, double bound, const RandomStreams& streams) {
  // Drawn on the CPU whatever the device, like a PyTorch model that is made and then moved.
  const at::Tensor drawn = at::empty(target.sizes(), at::kFloat);
  target.copy_(drawn.uniform_(-bound, bound, streams.host()));
}

at::Tensor Mlp::forward(const at::Tensor& inputs) const {
  const auto& parameters = parameters_.parameters();
  at::Tensor activations = inputs;
  for (size_t i = 0; i < parameters.size(); i += 2) {
    if (i > 0) activations = at::relu(activations);
    activations = at::linear(activations, parameters[i], parameters[i + 1]);
  }
  return activations;
}

}  // namespace cl_torch
