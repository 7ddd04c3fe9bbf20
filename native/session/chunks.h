#pragma once

#include <algorithm>
#include <cstdint>

#include "nn/network.h"

namespace cl_torch {

// Rows of one forward pass: bounds the memory that it takes, and the time until a cancellation takes effect.
inline int64_t rows_at_once(const Network& network) {
  constexpr int64_t kMostRowsAtOnce = 2048;
  constexpr int64_t kMostValuesAtOnce = int64_t{1} << 22;  // of the widest layer: 16 MB
  return std::clamp(kMostValuesAtOnce / network.widest(), int64_t{1}, kMostRowsAtOnce);
}

}  // namespace cl_torch
