#pragma once

#include <cstdint>
#include <span>

#include "methods/penalty.h"
#include "methods/quadratic_penalty.h"

namespace cl_torch {

// What an epoch minimises beside the cross-entropy: the sum of these penalties. What it refers to must outlive it.
struct Objective {
  const OffDirectionPenalty* off_direction = nullptr;  // none: null
  std::span<const QuadraticPenalty> quadratics{};
  // Objectives of one network with the same version have the same numbers, and vectors at the same places.
  int64_t version = 0;
};

}  // namespace cl_torch
