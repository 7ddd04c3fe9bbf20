#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "data/rows.h"

namespace cl_torch {

// How one example is shown: its crop begins so many pixels below and to the right of the image's own corner.
struct Placement {
  int32_t down;
  int32_t right;
  bool flipped;  // the crop, from left to right
};

// Uniform draws for so many examples: of each the crop's row, its column and the flip, those that there are.
std::vector<Placement> draw_placements(const Augmentation& augmentation, int64_t count, const at::Generator& generator);

// Shows each row of `inputs`, float32 [n, features], as its placement says, in place.
void place_images(const at::Tensor& inputs, const Augmentation& augmentation, std::span<const Placement> placements);

}  // namespace cl_torch
