#pragma once

#include <ATen/autocast_mode.h>

#include "engine/options.h"

namespace cl_torch {

// While this lives, LibTorch on the calling thread computes a GPU's products and convolutions in the precision's
// format, by autocast where it is bfloat16, as torch.autocast does. Weights are cast anew each time: a cache of them
// would be part of a captured step.
class Autocast {
 public:
  explicit Autocast(Precision precision)
      : was_enabled_(at::autocast::is_autocast_enabled(at::kCUDA)),
        had_cache_(at::autocast::is_autocast_cache_enabled()) {
    if (precision != Precision::kBf16) return;
    at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCUDA, true);
    at::autocast::set_autocast_cache_enabled(false);
  }
  ~Autocast() {
    at::autocast::set_autocast_enabled(at::kCUDA, was_enabled_);
    at::autocast::set_autocast_cache_enabled(had_cache_);
  }
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool was_enabled_;
  bool had_cache_;
};

}  // namespace cl_torch
