#include "engine/fused/cpu/cross_entropy.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "base/for_vectors.h"
#include "data/class_mask.h"
#include "engine/fused/common/remains.h"
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
    for (int64_t k = 0; k < classes; ++k) gradient[k] = without_remains(gradient[k] * factor);
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

void cross_entropy_of_present(const float* logits, const float* bias, const int64_t* labels, int64_t rows,
                              int64_t classes, float scale, float* losses, float* gradient) {
  std::vector<int64_t> present(labels, labels + rows);
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  const size_t count = present.size();
  const auto all_rows = static_cast<size_t>(rows);
  std::vector<float> own_bias(count);
  std::vector<float> own(all_rows * count);  // logits, then their gradient
  std::vector<int64_t> places(all_rows);
  for (size_t k = 0; k < count; ++k) own_bias[k] = bias[present[k]];
  for (size_t row = 0; row < all_rows; ++row) {
    const auto place = std::lower_bound(present.begin(), present.end(), labels[row]);
    places[row] = place - present.begin();
    for (size_t k = 0; k < count; ++k) own[row * count + k] = logits[static_cast<int64_t>(row) * classes + present[k]];
  }
  cross_entropy(own.data(), own_bias.data(), places.data(), nullptr, rows, static_cast<int64_t>(count), scale, losses,
                gradient ? own.data() : nullptr);
  if (!gradient) return;
  std::fill_n(gradient, rows * classes, 0.0F);
  for (size_t row = 0; row < all_rows; ++row) {
    for (size_t k = 0; k < count; ++k) {
      gradient[static_cast<int64_t>(row) * classes + present[k]] = own[row * count + k];
    }
  }
}

}  // namespace cl_torch::fused
