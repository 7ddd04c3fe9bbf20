#include "data/augmentation.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

namespace cl_torch {

std::vector<Placement> draw_placements(const Augmentation& augmentation, int64_t count,
                                       const at::Generator& generator) {
  auto* random = at::check_generator<at::CPUGeneratorImpl>(generator);
  const auto places = static_cast<uint64_t>(2 * augmentation.margin + 1);
  const auto offset = [&] { return static_cast<int32_t>(static_cast<int64_t>(random->random64() % places)); };
  const auto margin = static_cast<int32_t>(augmentation.margin);
  std::vector<Placement> placements(static_cast<size_t>(count));
  for (Placement& placement : placements) {
    placement = {0, 0, false};
    if (margin > 0) {
      placement.down = offset() - margin;
      placement.right = offset() - margin;
    }
    if (augmentation.flips) placement.flipped = random->random64() % 2 == 1;
  }
  return placements;
}

void place_images(const at::Tensor& inputs, const Augmentation& augmentation, std::span<const Placement> placements) {
  const auto [channels, height, width] = augmentation.image;
  const int64_t rows = inputs.size(0);
  // Where each pixel comes from; -1: from the margin.
  const at::Tensor sources = at::empty({rows, 1, height * width}, at::kLong);
  auto* source = sources.mutable_data_ptr<int64_t>();
  for (const auto& [down, right, flipped] : placements) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        const int64_t from_y = y + down;
        const int64_t from_x = (flipped ? width - 1 - x : x) + right;
        const bool is_inside = from_y >= 0 && from_y < height && from_x >= 0 && from_x < width;
        *source++ = is_inside ? from_y * width + from_x : -1;
      }
    }
  }
  const at::Tensor places = sources.to(inputs.device());
  const at::Tensor images = inputs.view({rows, channels, height * width});
  const at::Tensor shown = images.gather(2, places.clamp_min(0).expand({rows, channels, height * width}));
  const at::Tensor black = at::empty({1, channels, 1}, at::kFloat);
  std::copy(augmentation.black.begin(), augmentation.black.end(), black.mutable_data_ptr<float>());
  images.copy_(at::where(places.lt(0), black.to(inputs.device()), shown));
}

}  // namespace cl_torch
