#include "engine/fused/cpu/penalty_pass.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <algorithm>
#include <numeric>

#include "base/for_vectors.h"
#include "engine/fused/cpu/fixed_sum.h"

namespace cl_torch::fused {
namespace {

// Adds 2 strength delta to the gradients, delta = w - anchor; returns the sum of delta².
CL_TORCH_LOOP float add_plain(float* gradients, const float* values, const float* anchor, float strength,
                              int64_t count) {
  LaneSums<float> sums;
  for_lanes(count, [&](int64_t i, int64_t lane) CL_TORCH_ELEMENT {
    const float delta = values[i] - anchor[i];
    gradients[i] += 2 * strength * delta;
    sums.lanes[lane] += delta * delta;
  });
  return sums.total();
}

// The same with an importance for each element.
CL_TORCH_LOOP float add_weighted(float* gradients, const float* values, const float* anchor, const float* importance,
                                 float strength, int64_t count) {
  LaneSums<float> sums;
  for_lanes(count, [&](int64_t i, int64_t lane) CL_TORCH_ELEMENT {
    const float delta = values[i] - anchor[i];
    const float weighted = importance[i] * delta;
    gradients[i] += 2 * strength * weighted;
    sums.lanes[lane] += weighted * delta;
  });
  return sums.total();
}

}  // namespace

double PenaltyPass::add_gradients() {
  double value = off_direction_ ? off_direction_->add_gradient().item<double>() : 0;
  for (const QuadraticPenalty& penalty : penalties_) value += add_gradient(penalty);
  return value;
}

double PenaltyPass::add_gradient(const QuadraticPenalty& penalty) {
  const auto& [anchor_vector, importance_vector, direction] = penalty.vectors();
  // Its projection needs sums over all elements before any can be changed: no single pass.
  if (direction.defined()) return penalty.add_gradient().item<double>();
  const int64_t size = parameters_.values().size(0);
  const int64_t chunks = (size + kSumChunk - 1) / kSumChunk;
  sums_.resize(static_cast<size_t>(chunks));
  float* gradients = parameters_.gradients().mutable_data_ptr<float>();
  const float* values = parameters_.values().const_data_ptr<float>();
  const float* anchor = anchor_vector.const_data_ptr<float>();
  const float* importance = importance_vector.defined() ? importance_vector.const_data_ptr<float>() : nullptr;
  const auto strength = static_cast<float>(penalty.strength());
  at::parallel_for(0, chunks, 2, [&](int64_t from, int64_t to) {
    for (int64_t chunk = from; chunk < to; ++chunk) {
      const int64_t begin = chunk * kSumChunk;
      const int64_t count = std::min(kSumChunk, size - begin);
      sums_[static_cast<size_t>(chunk)] =
          importance ? for_vectors<add_weighted>(gradients + begin, values + begin, anchor + begin, importance + begin,
                                                 strength, count)
                     : for_vectors<add_plain>(gradients + begin, values + begin, anchor + begin, strength, count);
    }
  });
  return penalty.strength() * std::accumulate(sums_.begin(), sums_.end(), 0.0);
}

}  // namespace cl_torch::fused
