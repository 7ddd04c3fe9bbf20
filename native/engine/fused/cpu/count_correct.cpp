#include "engine/fused/cpu/count_correct.h"

#include <cmath>

namespace cl_torch::fused {

int64_t count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                      const ClassRange& range) {
  int64_t correct = 0;
  for (int64_t row = 0; row < rows; ++row, logits += classes) {
    int64_t best = range.begin;
    bool is_finite = std::isfinite(logits[best] + bias[best]);
    for (int64_t k = range.begin + 1; k < range.end; ++k) {
      const float value = logits[k] + bias[k];
      is_finite &= std::isfinite(value);
      if (value > logits[best] + bias[best]) best = k;
    }
    if (is_finite && best == labels[row]) ++correct;
  }
  return correct;
}

}  // namespace cl_torch::fused
