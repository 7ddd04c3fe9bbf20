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

// A sigmoid, and the logarithm of 1 + e^-|z|.
struct Sigmoid {
  float value;
  float excess;
};

CL_TORCH_LOOP Sigmoid sigmoid_of(float z) {
  const float power = exponential(z < 0 ? z : -z);
  return {(z < 0 ? power : 1) / (1 + power), logarithm(1 + power)};
}

// -q log s(z) - (1 - q) log(1 - s(z)), s being the sigmoid; the gradient is scale (s(z) - q).
CL_TORCH_LOOP float binary_term(float z, float q, float scale, float* gradient) {
  const auto [value, excess] = sigmoid_of(z);
  if (gradient) *gradient += scale * (value - q);
  return (z < 0 ? 0 : z) - z * q + excess;
}

CL_TORCH_LOOP float binary_row(const float* logits, const float* bias, const float* targets, int64_t classes,
                               float factor, float scale, float* gradient) {
  float loss = 0;
  for (int64_t k = 0; k < classes; ++k) {
    loss += binary_term(logits[k] + bias[k], sigmoid_of(targets[k] * factor).value, scale,
                        gradient ? gradient + k : nullptr);
  }
  return loss;
}

// The label is counted from the first of these classes; it may be none of them.
CL_TORCH_LOOP float binary_label_row(const float* logits, const float* bias, int64_t label, int64_t classes,
                                     float scale, float* gradient) {
  float loss = 0;
  for (int64_t k = 0; k < classes; ++k) {
    loss += binary_term(logits[k] + bias[k], k == label ? 1.0F : 0.0F, scale, gradient ? gradient + k : nullptr);
  }
  return loss;
}

// What a term of some kind needs of the rows' outputs.
struct TermRows {
  ClassRange range;  // that it goes over
  ClassRange known;  // of soft
  float factor;      // of the targets, and of soft of the logits
  float slope;       // of the gradient
};

float row_loss(const RowTargets& outputs, TargetKind kind, const TermRows& term, int64_t row, float* gradient) {
  const auto& [range, known, factor, slope] = term;
  const int64_t count = range.end - range.begin;
  const float* logits = outputs.logits + row * outputs.classes + range.begin;
  const float* bias = outputs.bias + range.begin;
  const float* targets = outputs.targets + row * outputs.target_classes;
  switch (kind) {
    case TargetKind::kSoft:
      return for_vectors<soft_row>(logits, bias, count, targets + known.begin, known.begin - range.begin,
                                   known.end - known.begin, factor, slope, gradient);
    case TargetKind::kBinary:
      return for_vectors<binary_row>(logits, bias, targets + range.begin, count, factor, slope, gradient);
    case TargetKind::kSquared:
      break;
  }
  return for_vectors<squared_row>(logits, bias, targets + range.begin, count, slope, gradient);
}

}  // namespace

void add_target_loss(const RowTargets& outputs, const TargetLoss& term, double scale, float* losses, float* gradient) {
  const ClassRange range = term.classes.value_or(ClassRange{0, outputs.target_classes});
  const int64_t count = range.end - range.begin;
  const bool is_soft = term.kind == TargetKind::kSoft;
  const double square = term.temperature * term.temperature;
  const double share = is_soft ? (term.scaled ? square : 1) : (term.sums ? 1 : 1 / static_cast<double>(count));
  const TermRows rows{range, term.known.value_or(range), static_cast<float>(1 / term.temperature),
                      static_cast<float>(is_soft ? scale * share / term.temperature : scale * share)};
  const auto loss_share = static_cast<float>(share);
  // An exponential takes as long as some `kLine` additions.
  at::parallel_for(0, outputs.rows, items_per_thread(count * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* target = gradient ? gradient + row * outputs.classes + range.begin : nullptr;
      losses[row] = loss_share * row_loss(outputs, term.kind, rows, row, target);
    }
  });
}

void add_binary_loss(const RowTargets& outputs, const int64_t* labels, const ClassRange& range, double scale,
                     float* losses, float* gradient) {
  const int64_t first = range.begin;
  const int64_t last = range.end;
  const auto slope = static_cast<float>(scale);
  at::parallel_for(0, outputs.rows, items_per_thread((last - first) * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t start = row * outputs.classes + first;
      losses[row] = for_vectors<binary_label_row>(outputs.logits + start, outputs.bias + first, labels[row] - first,
                                                  last - first, slope, gradient ? gradient + start : nullptr);
    }
  });
}

}  // namespace cl_torch::fused
