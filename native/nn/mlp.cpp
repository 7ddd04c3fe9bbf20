#include "nn/mlp.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/error.h"

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

// Of a layer's weight and bias.
std::array<double, 2> bounds_of(int64_t fan_in) { return {weight_bound(fan_in), bias_bound(fan_in)}; }

void draw(const at::Tensor& target, double bound, const RandomStreams& streams) {
  const at::Tensor drawn = at::empty(target.sizes(), at::kFloat);
  target.copy_(drawn.uniform_(-bound, bound, streams.host()));
}

std::vector<int64_t> widths_of(const NetworkSpec& spec) {
  const auto hidden = spec.settings.find("hidden");
  const auto* widths = hidden == spec.settings.end() ? nullptr : std::get_if<std::vector<int64_t>>(&hidden->second);
  if (!widths || spec.settings.size() != 1) {
    reject("A network of the kind '" + std::string(Mlp::kKind) +
           "' has of its own 'hidden', a list of the widths between input and output, and nothing else.");
  }
  std::vector<int64_t> result = {spec.inputs()};
  result.insert(result.end(), widths->begin(), widths->end());
  result.push_back(spec.classes);
  for (const int64_t width : result) {
    if (width < 1) reject("A layer has one unit or more; found " + std::to_string(width) + ".");
  }
  return result;
}

}  // namespace

NetworkShapes Mlp::shapes(const NetworkSpec& spec) {
  const std::vector<int64_t> widths = widths_of(spec);
  NetworkShapes shapes;
  for (size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    const std::string name = "layers." + std::to_string(layer);
    shapes.parameters.push_back({name + ".weight", {widths[layer + 1], widths[layer]}});
    shapes.parameters.push_back({name + ".bias", {widths[layer + 1]}});
  }
  return shapes;
}

Mlp::Mlp(const NetworkSpec& spec, const c10::Device& device)
    : Network(spec, shapes(spec), device), widths_(widths_of(spec)) {}

void Mlp::initialise(const RandomStreams& streams) {
  const c10::NoGradGuard no_grad;
  for (size_t layer = 0; layer + 1 < widths_.size(); ++layer) {
    const auto bounds = bounds_of(widths_[layer]);
    for (size_t part = 0; part < 2; ++part) draw(parameters().parameters()[2 * layer + part], bounds[part], streams);
  }
}

std::unique_ptr<Network> Mlp::grown(int64_t classes, const RandomStreams& streams) const {
  const c10::NoGradGuard no_grad;
  NetworkSpec spec = this->spec();
  spec.classes = classes;
  auto wider = std::make_unique<Mlp>(spec, parameters().values().device());
  const auto& tensors = wider->parameters().parameters();
  const auto bounds = bounds_of(widths_[widths_.size() - 2]);
  for (size_t part = 0; part < 2; ++part) {
    draw(tensors[tensors.size() - 2 + part].slice(0, this->classes()), bounds[part], streams);
  }
  carry_over(parameters(), parameters().values(), wider->parameters(), wider->parameters().values());
  return wider;
}

at::Tensor Mlp::forward(const at::Tensor& inputs, Mode) {
  const auto& tensors = parameters().parameters();
  at::Tensor activations = inputs;
  for (size_t i = 0; i < tensors.size(); i += 2) {
    if (i > 0) activations = at::relu(activations);
    activations = at::linear(activations, tensors[i], tensors[i + 1]);
  }
  return activations;
}

int64_t Mlp::widest() const { return *std::max_element(widths_.begin(), widths_.end()); }

}  // namespace cl_torch
