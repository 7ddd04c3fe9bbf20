#include "engine/fused/cpu/row_targets.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "base/for_vectors.h"
#include "engine/fused/cpu/functions.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

CL_TORCH_LOOP float squared_row(const float* logits, const float* bias, const float* targets, int64_t classes,
                                float scale, float* gradient) {
  float sum = 0;
  for (int64_t k = 0; k < classes; ++k) {
    const float difference = logits[k] + bias[k] - targets[k];
    sum += difference * difference;
    if (gradient) gradient[k] += scale * (2 * difference);
  }
  return sum;
}

// A softmax of `values` + `bias` (null: 0), all times `factor`: its terms are exponential(factor value - largest) /
// sum.
struct Softmax {
  float largest;
  float sum;
};

CL_TORCH_LOOP Softmax softmax_of(const float* values, const float* bias, float factor, int64_t count) {
  float largest = (values[0] + (bias ? bias[0] : 0)) * factor;
  for (int64_t k = 1; k < count; ++k) largest = std::max(largest, (values[k] + (bias ? bias[k] : 0)) * factor);
  float sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += exponential((values[k] + (bias ? bias[k] : 0)) * factor - largest);
  return {largest, sum};
}

// The known classes of the targets begin at `first` among those of the logits. The gradient is scale (q - p).
CL_TORCH_LOOP float soft_row(const float* logits, const float* bias, int64_t classes, const float* targets,
                             int64_t first, int64_t known, float factor, float scale, float* gradient) {
  const auto [q_largest, q_sum] = softmax_of(logits, bias, factor, classes);
  const auto [p_largest, p_sum] = softmax_of(targets, nullptr, factor, known);
  const float logarithm_of_sum = logarithm(q_sum);
  const float p_share = 1 / p_sum;
  float loss = 0;
  for (int64_t k = 0; k < known; ++k) {
    const float p = exponential(targets[k] * factor - p_largest) * p_share;
    loss += p * (logarithm_of_sum - ((logits[first + k] + bias[first + k]) * factor - q_largest));
    if (gradient) gradient[first + k] -= scale * p;
  }
  if (gradient) {
    const float q_share = scale / q_sum;
    for (int64_t k = 0; k < classes; ++k) {
      gradient[k] += exponential((logits[k] + bias[k]) * factor - q_largest) * q_share;
    }
  }
  return loss;
}

}  // namespace

void add_target_loss(const RowTargets& outputs, const TargetLoss& term, double scale, float* losses, float* gradient) {
  const ClassRange range = term.classes.value_or(ClassRange{0, outputs.target_classes});
  const ClassRange known = term.known.value_or(range);
  const int64_t count = range.end - range.begin;
  const bool is_soft = term.kind == TargetKind::kSoft;
  const double square = term.temperature * term.temperature;
  const double share = is_soft ? (term.scaled ? square : 1) : (term.sums ? 1 : 1 / static_cast<double>(count));
  const auto factor = static_cast<float>(1 / term.temperature);
  const auto loss_share = static_cast<float>(share);
  const auto slope = static_cast<float>(is_soft ? scale * share / term.temperature : scale * share);
  // An exponential takes as long as some `kLine` additions.
  at::parallel_for(0, outputs.rows, items_per_thread(count * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* logits = outputs.logits + row * outputs.classes + range.begin;
      const float* targets = outputs.targets + row * outputs.target_classes;
      float* target = gradient ? gradient + row * outputs.classes + range.begin : nullptr;
      const float loss =
          is_soft ? for_vectors<soft_row>(logits, outputs.bias + range.begin, count, targets + known.begin,
                                          known.begin - range.begin, known.end - known.begin, factor, slope, target)
                  : for_vectors<squared_row>(logits, outputs.bias + range.begin, targets + range.begin, count, slope,
                                             target);
      losses[row] = loss_share * loss;
    }
  });
}

}  // namespace cl_torch::fused
