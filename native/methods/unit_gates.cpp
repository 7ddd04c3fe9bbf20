#include "methods/unit_gates.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include "base/error.h"

namespace cl_torch {
namespace {

// As the authors' program has them: e stays within this, so that a gate can change its mind,
constexpr double kLargestEmbedding = 6;
// and s · e counts as this at most where its hyperbolic cosine is taken, which float32 could not hold.
constexpr double kLargestExponent = 50;

// Tensors come in pairs: a layer's weight and its bias, which has a number for each of its units.
size_t layers_of(const TensorVector& parameters) { return parameters.segments().size() / 2; }
size_t weight_of(size_t layer) { return 2 * layer; }
size_t units_of(size_t layer) { return 2 * layer + 1; }

// A layer's weight by the units that it comes from: [outputs, units, weights of a pair].
at::Tensor by_input(const at::Tensor& weight, const at::Tensor& units) {
  return weight.view({weight.size(0), units.numel(), -1});
}

at::Tensor along_inputs(const at::Tensor& units) { return units.view({1, -1, 1}); }
at::Tensor along_outputs(const at::Tensor& units) { return units.view({-1, 1, 1}); }

// 1 - min(used where it ends, used where it begins); inputs of the network count as used. A bias ends at its unit.
at::Tensor movable_share(const TensorVector& parameters, const at::Tensor& used) {
  const at::Tensor share = at::zeros_like(used);
  const std::vector<at::Tensor> units = parameters.views(used);
  std::vector<at::Tensor> shares = parameters.views(share);
  for (size_t layer = 0; layer < layers_of(parameters); ++layer) {
    const at::Tensor& ends = units[units_of(layer)];
    at::Tensor weights = shares[weight_of(layer)];
    shares[units_of(layer)].copy_(1 - ends);
    if (layer == 0) {
      weights.view({weights.size(0), 1, -1}).copy_(1 - along_outputs(ends));
      continue;
    }
    const at::Tensor& begins = units[units_of(layer - 1)];
    by_input(weights, begins).copy_(1 - at::minimum(along_outputs(ends), along_inputs(begins)));
  }
  return share;
}

}  // namespace

void require_unit_layers(const TensorVector& parameters) {
  const auto& segments = parameters.segments();
  bool right = segments.size() >= 4 && segments.size() % 2 == 0;
  for (size_t i = 0; right && i < segments.size(); i += 2) {
    const auto& weight = segments[i].shape;
    const auto& bias = segments[i + 1].shape;
    right = weight.size() > 1 && bias.size() == 1 && bias[0] == weight[0];
    if (right && i > 0) right = segments[i].count % (weight[0] * segments[i - 1].count) == 0;
  }
  if (right) return;
  reject(
      "Gates are of the hidden units of layers that follow each other, linear ones and convolutions with biases and "
      "nothing else, two or more of them; this network has another shape.");
}

at::Tensor spread_gates(const TensorVector& parameters, const at::Tensor& embedding, double steepness) {
  const c10::NoGradGuard no_grad;
  const at::Tensor factors = at::zeros_like(embedding);
  const std::vector<at::Tensor> units = parameters.views(embedding);
  std::vector<at::Tensor> targets = parameters.views(factors);
  for (at::Tensor& target : targets) target.fill_(1);
  for (size_t layer = 1; layer < layers_of(parameters); ++layer) {
    const at::Tensor& begins = units[units_of(layer - 1)];
    by_input(targets[weight_of(layer)], begins).copy_(along_inputs((begins * steepness).sigmoid()));
  }
  return factors;
}

UnitGates::UnitGates(const ParameterVector& parameters, const GateTerms& terms, int64_t steps)
    : parameters_(parameters), terms_(terms), steps_(steps) {
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor> embeddings = parameters.views(terms.embedding);
  const std::vector<at::Tensor> used = parameters.views(terms.used);
  const std::vector<at::Tensor> weights = parameters.views(parameters.values());
  const std::vector<at::Tensor> gradients = parameters.views(parameters.gradients());
  for (size_t layer = 0; layer + 1 < layers_of(parameters); ++layer) {
    const at::Tensor& embedding = embeddings[units_of(layer)];
    const size_t next = weight_of(layer + 1);
    layers_.push_back({embedding, 1 - used[units_of(layer)], by_input(weights[next], embedding),
                       by_input(gradients[next], embedding)});
    const at::Tensor sum = layers_.back().unused.sum();
    unused_sum_ = unused_sum_.defined() ? unused_sum_ + sum : sum;
  }
  // Where nothing is left, nothing can be taken of it: 0 by any number but 0.
  unused_sum_ = at::where(unused_sum_.eq(0), at::ones_like(unused_sum_), unused_sum_);
  movable_ = movable_share(parameters, terms.used);
  own_ = at::empty_like(parameters.values());
}

void UnitGates::open() {
  const c10::NoGradGuard no_grad;
  const double flattest = 1 / terms_.steepness;
  const double share = steps_ > 1 ? static_cast<double>(next_) / static_cast<double>(steps_ - 1) : 0;
  now_ = flattest + (terms_.steepness - flattest) * share;
  ++next_;
  own_.copy_(parameters_.values());
  is_open_ = true;
  for (Layer& layer : layers_) {
    layer.gates = (layer.embedding * now_).sigmoid();
    layer.weights.mul_(along_inputs(layer.gates));
  }
}

void UnitGates::restore() {
  if (!is_open_) return;
  const c10::NoGradGuard no_grad;
  at::Tensor values = parameters_.values();
  values.copy_(own_);
  is_open_ = false;
}

void UnitGates::close() {
  if (!is_open_) return;
  const c10::NoGradGuard no_grad;
  restore();
  for (Layer& layer : layers_) {
    at::Tensor by_gates = (layer.gradients * layer.weights).sum(at::IntArrayRef({0, 2}));
    if (terms_.capacity != 0) by_gates += terms_.capacity * (layer.unused / unused_sum_);
    layer.embedding_gradient = compensated(layer, by_gates);
    layer.gradients.mul_(along_inputs(layer.gates));
  }
}

at::Tensor UnitGates::compensated(const Layer& layer, const at::Tensor& by_gates) const {
  const at::Tensor gradient = at::sigmoid_backward(by_gates, layer.gates) * now_;
  const at::Tensor steep = (layer.embedding * now_).clamp(-kLargestExponent, kLargestExponent).cosh() + 1;
  const at::Tensor flat = layer.embedding.cosh() + 1;
  return gradient * (terms_.steepness / now_ * steep / flat);
}

at::Tensor UnitGates::loss() const {
  const c10::NoGradGuard no_grad;
  at::Tensor taken = at::zeros_like(unused_sum_);
  for (const Layer& layer : layers_) taken += (layer.gates * layer.unused).sum();
  return taken / unused_sum_ * terms_.capacity;
}

void UnitGates::step(const at::Tensor& before, double rate_factor) {
  at::Tensor values = parameters_.values();
  values.copy_(at::lerp(before, values, movable_));
  for (Layer& layer : layers_) {
    layer.embedding.sub_(layer.embedding_gradient, terms_.rate * rate_factor);
    layer.embedding.clamp_(-kLargestEmbedding, kLargestEmbedding);
  }
}

}  // namespace cl_torch
