#pragma once

// A training of a few steps, to be done often.

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/fused/cuda/engine.h"
#include "setup.h"

namespace emulation {

inline const Case kSmall{"", {9, 5, 10}, 28, 16, "global"};

inline std::unique_ptr<Engine> cuda(Mlp& model) { return std::make_unique<fused::CudaEngine>(model, Precision::kFp32); }

// The first steps of an epoch whose order is always the same.
inline EpochPlan plan_of(Setup& setup, int64_t steps) {
  const at::Tensor order = at::arange(kSmall.rows, at::kLong).flip(0);
  return EpochPlan(JoinedViews({&setup.view}), order.slice(0, 0, std::min(kSmall.rows, steps * kSmall.batch)),
                   {kSmall.batch});
}

inline constexpr int64_t kSteps = 2;  // of such an epoch; the last one is short

inline std::vector<float> train(Setup& setup) {
  Watcher watcher;
  return setup.engine->train_epoch(plan_of(setup, kSteps), *setup.optimizer, {.off_direction = setup.its_penalty()},
                                   watcher);
}

}  // namespace emulation
