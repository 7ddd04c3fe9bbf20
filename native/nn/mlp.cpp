#include "nn/mlp.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "nn/settings.h"

namespace cl_torch {
namespace {

std::vector<int64_t> widths_of(const NetworkSpec& spec) {
  const Settings settings(spec);
  const std::vector<int64_t>& hidden = settings.numbers("hidden", "the widths between input and output");
  settings.require_known({"hidden"}, "'hidden', a list of the widths between input and output");
  std::vector<int64_t> widths = {spec.inputs()};
  widths.insert(widths.end(), hidden.begin(), hidden.end());
  widths.push_back(spec.classes);
  return widths;
}

}  // namespace

Layout Mlp::layout_of(const NetworkSpec& spec) {
  const std::vector<int64_t> widths = widths_of(spec);
  Layout layout;
  for (size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    layout.linear("layers." + std::to_string(layer), widths[layer + 1], widths[layer]);
  }
  return layout;
}

Mlp::Mlp(const NetworkSpec& spec, const c10::Device& device)
    : Network(spec, layout_of(spec), device), widths_(widths_of(spec)) {}

at::Tensor Mlp::features(const at::Tensor& inputs, Mode) {
  const auto& tensors = parameters().parameters();
  at::Tensor activations = inputs;
  for (size_t i = 0; i + 2 < tensors.size(); i += 2) {
    activations = at::relu(at::linear(activations, tensors[i], tensors[i + 1]));
  }
  return activations;
}

int64_t Mlp::widest() const { return *std::max_element(widths_.begin(), widths_.end()); }

}  // namespace cl_torch
