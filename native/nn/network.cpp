#include "nn/network.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"

namespace cl_torch {

at::Tensor Network::forward(const at::Tensor& inputs, Mode mode) {
  const at::Tensor& last = parameters_.parameters().back();
  return at::linear(features(inputs, mode), head_weight(), last.dim() == 1 ? last : at::Tensor());
}

int64_t Network::feature_count() const { return head_weight().size(1); }

const at::Tensor& Network::head_weight() const {
  const std::vector<at::Tensor>& tensors = parameters_.parameters();
  return tensors.back().dim() == 1 ? tensors[tensors.size() - 2] : tensors.back();
}

void Network::freeze(const std::vector<std::string>& names) {
  const auto& segments = parameters_.segments();
  const auto is_frozen = [&](const Segment& segment) {
    return std::find(names.begin(), names.end(), segment.name) != names.end();
  };
  for (const std::string& name : names) {
    const auto is_it = [&](const Segment& segment) { return segment.name == name; };
    if (std::none_of(segments.begin(), segments.end(), is_it)) {
      reject("The network has no parameter '" + name + "' to be frozen.");
    }
  }
  if (std::all_of(segments.begin(), segments.end(), is_frozen)) {
    reject("All parameters of the network would be frozen, and none is left to train.");
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    at::Tensor parameter = parameters_.parameters()[i];
    parameter.set_requires_grad(!is_frozen(segments[i]));
  }
}

}  // namespace cl_torch
