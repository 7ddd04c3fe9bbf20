#include "nn/mlp.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "nn/batch_norm.h"
#include "nn/settings.h"

namespace cl_torch {
namespace {

Mlp::Numbers mlp_numbers(const NetworkSpec& spec) {
  const Settings settings(spec);
  const std::vector<int64_t>& hidden = settings.numbers("hidden", "the widths between input and output");
  settings.require_known({"hidden", "activation", "bias", "norm", "dropout", "init"},
                         "'hidden', a list of the widths between input and output, 'activation', 'bias', 'norm', "
                         "'dropout' and 'init'");
  Mlp::Numbers numbers{{spec.inputs()}, "relu", true, false, 0, Initialisation::kPyTorch};
  numbers.widths.insert(numbers.widths.end(), hidden.begin(), hidden.end());
  numbers.widths.push_back(spec.classes);
  if (settings.has("activation")) {
    numbers.activation = settings.word("activation", {"relu", "tanh", "gelu", "silu", "leaky-relu"});
  }
  if (settings.has("bias")) numbers.has_bias = settings.word("bias", {"on", "off"}) == "on";
  if (settings.has("norm")) numbers.has_norm = settings.word("norm", {"none", "batch"}) == "batch";
  if (settings.has("dropout")) numbers.dropout = settings.share("dropout");
  if (settings.has("init") && settings.word("init", {"pytorch", "xavier"}) == "xavier") {
    numbers.initialisation = Initialisation::kXavier;
  }
  return numbers;
}

at::Tensor activated(const std::string& activation, const at::Tensor& inputs) {
  if (activation == "tanh") return at::tanh(inputs);
  if (activation == "gelu") return at::gelu(inputs);
  if (activation == "silu") return at::silu(inputs);
  if (activation == "leaky-relu") return at::leaky_relu(inputs);
  return at::relu(inputs);
}

}  // namespace

Layout Mlp::layout_of(const NetworkSpec& spec) {
  const Numbers numbers = mlp_numbers(spec);
  const auto& widths = numbers.widths;
  Layout layout;
  for (size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    const std::string name = "layers." + std::to_string(layer);
    layout.linear(name, widths[layer + 1], widths[layer], numbers.has_bias, numbers.initialisation);
    if (numbers.has_norm && layer + 2 < widths.size()) layout.batch_norm(name + ".norm", widths[layer + 1]);
  }
  return layout;
}

std::vector<std::string> Mlp::settings_beyond_plain(const NetworkSpec& spec) {
  std::vector<std::string> names;
  for (const auto& [name, setting] : spec.settings) {
    if (name != "hidden" && name != "init") names.push_back(name);
  }
  return names;
}

Mlp::Mlp(const NetworkSpec& spec, const c10::Device& device)
    : Network(spec, layout_of(spec), device), numbers_(mlp_numbers(spec)) {}

at::Tensor Mlp::features(const at::Tensor& inputs, Mode mode) {
  const auto& tensors = parameters().parameters();
  const std::vector<at::Tensor> statistics = buffers().views(buffers().values());
  auto tensor = tensors.begin();
  auto statistic = statistics.begin();
  at::Tensor activations = inputs;
  for (size_t left = widths().size() - 2; left > 0; --left) {
    const at::Tensor& weight = *tensor++;
    activations = at::linear(activations, weight, numbers_.has_bias ? *tensor++ : at::Tensor());
    if (numbers_.has_norm) {
      const at::Tensor& scale = *tensor++;
      const at::Tensor& shift = *tensor++;
      const at::Tensor& mean = *statistic++;
      activations = batch_norm(*this, activations, scale, shift, mean, *statistic++, mode);
    }
    activations = activated(numbers_.activation, activations);
    if (numbers_.dropout > 0 && mode == Mode::kTraining) activations = left_by_dropout(activations);
  }
  return activations;
}

// The operations of PyTorch's dropout, by the network's own generator.
at::Tensor Mlp::left_by_dropout(const at::Tensor& activations) const {
  const double share = 1 - numbers_.dropout;
  return activations * at::empty_like(activations).bernoulli_(share, generator()).div_(share);
}

int64_t Mlp::widest() const { return *std::max_element(widths().begin(), widths().end()); }

}  // namespace cl_torch
