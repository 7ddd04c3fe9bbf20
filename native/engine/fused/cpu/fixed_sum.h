#pragma once

// Sums in an order that neither the vectors' width nor the number of threads changes: element i goes into sum i modulo
// kLanes, and the kLanes sums are then added up in pairs. Longer sums are made chunk by chunk, in double precision.

#include <cstdint>

namespace cl_torch::fused {

inline constexpr int64_t kLanes = 16;

// Elements of which one thread makes a sum in float32.
inline constexpr int64_t kSumChunk = 4096;

template <typename Number>
struct LaneSums {
  Number lanes[kLanes] = {};

  Number total() const {
    Number sums[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) sums[i] = lanes[i];
    for (int64_t half = kLanes / 2; half > 0; half /= 2) {
      for (int64_t i = 0; i < half; ++i) sums[i] += sums[i + half];
    }
    return sums[0];
  }
};

// Calls element(i, lane) for i from 0 to `count`, `lane` being the sum that i belongs to. The elements' memory must not
// overlap from one to the other. The function is to be inlined always (CL_TORCH_ELEMENT), or nothing is vectorised.
#define CL_TORCH_ELEMENT __attribute__((always_inline))
template <typename Element>
inline __attribute__((always_inline)) void for_lanes(int64_t count, const Element& element) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
#pragma GCC ivdep
    for (int64_t lane = 0; lane < kLanes; ++lane) element(i + lane, lane);
  }
  for (int64_t lane = 0; lane < count - i; ++lane) element(i + lane, lane);
}

}  // namespace cl_torch::fused
