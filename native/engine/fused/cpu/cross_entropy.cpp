#include "engine/fused/cpu/cross_entropy.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "base/for_vectors.h"
#include "data/class_mask.h"
#include "engine/fused/cpu/functions.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

// The row's loss; its gradient, unless `gradient` is null.
CL_TORCH_LOOP float cross_entropy_row(const float* logits, const float* bias, int64_t label, int64_t classes,
                                      float scale, float* gradient) {
  float largest = logits[0] + bias[0];
  for (int64_t k = 1; k < classes; ++k) largest = std::max(largest, logits[k] + bias[k]);
  const float own = logits[label] + bias[label] - largest;
  float sum = 0;
  for (int64_t k = 0; k < classes; ++k) {
    const float power = exponential(logits[k] + bias[k] - largest);
    sum += power;
    if (gradient) gradient[k] = power;
  }
  if (gradient) {
    const float factor = scale / sum;
    for (int64_t k = 0; k < classes; ++k) gradient[k] *= factor;
    gradient[label] -= scale;
  }
  return logarithm(sum) - own;
}

}  // namespace

void cross_entropy(const float* logits, const float* bias, const int64_t* labels, const ClassRange* ranges,
                   int64_t rows, int64_t classes, float scale, float* losses, float* gradient) {
  // An exponential takes as long as some `kLine` additions.
  at::parallel_for(0, rows, items_per_thread(classes * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* target = gradient ? gradient + row * classes : nullptr;
      const auto [first, last] = within(ranges ? ranges[row] : ClassRange{}, classes);
      losses[row] = for_vectors<cross_entropy_row>(logits + row * classes + first, bias + first, labels[row] - first,
                                                   last - first, scale, target ? target + first : nullptr);
      if (!target) continue;
      std::fill_n(target, first, 0.0F);
      std::fill(target + last, target + classes, 0.0F);
    }
  });
}

}  // namespace cl_torch::fused
