#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/observer.h"
#include "data/epoch_plan.h"
#include "engine/fused/cuda/epoch_buffers.h"
#include "engine/fused/cuda/resources.h"
#include "optim/optimizer.h"

namespace cl_torch::fused {

// What one of the models that are trained together brings to an epoch, and where its losses go.
struct EpochMember {
  const EpochPlan& plan;
  Optimizer& optimizer;
  Observer& observer;
  std::vector<float>& losses;
};

// Launches an epoch's steps in groups of a few, and keeps some groups on their way to the device: so the device never
// waits for the host, and the host looks between two groups whether to stop.
class StepPipeline {
 public:
  explicit StepPipeline(int64_t models);

  // Launches the steps from `next` on to `end`, and moves `next` behind each of them.
  using Launch = std::function<void(int64_t& next, int64_t end)>;

  // Launches the steps from `first_step` on, a group by one call of `launch`, until the epoch's end or until an
  // observer has cancelled or does not accept a loss; tells the observers of those that are done. Returns the first
  // step that was not launched; what was launched is done then. The members' plans have the same shape.
  int64_t run(std::span<const EpochMember> members, const EpochBuffers& epoch, cudaStream_t stream, int64_t first_step,
              const Launch& launch);

 private:
  static constexpr int64_t kSteps = 8;   // of a group; even, because batches take turns between two places
  static constexpr int64_t kGroups = 3;  // that may be on their way

  class Run;

  // A group has a slot here for as long as it is on its way; the next group takes it when group_done_ has come.
  PinnedArray<StepFactors> factors_;  // [groups, steps, models]
  PinnedArray<float> last_losses_;    // [groups, models]
  std::array<Event, kGroups> group_done_;
};

// Waits for the steps from `first_step` to before `end`, and adds each model's losses to its list.
void read_losses(std::span<const EpochMember> members, const EpochBuffers& epoch, int64_t first_step, int64_t end,
                 cudaStream_t stream);

}  // namespace cl_torch::fused
