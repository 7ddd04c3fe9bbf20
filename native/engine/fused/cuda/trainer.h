#pragma once

#include <array>
#include <span>

#include "base/observer.h"
#include "data/epoch_plan.h"
#include "engine/fused/cuda/epoch.h"
#include "engine/fused/cuda/network.h"
#include "engine/fused/cuda/step_graphs.h"
#include "engine/fused/cuda/update.h"
#include "engine/options.h"
#include "optim/optimizer.h"

namespace cl_torch::fused {

// Trains one model, or several alike in the same launches (models): a step is one CUDA graph, which finds its
// examples, its factors and the place of its loss by a count of steps on the device. The host only launches, a few
// steps ahead.
class CudaTrainer {
 public:
  struct Member {
    const EpochPlan& plan;
    Optimizer& optimizer;
    Observer& observer;
    std::vector<float>& losses;
  };

  // `like`: a model like those that are trained. Its GPU must be the calling thread's current device, in all calls.
  CudaTrainer(const Mlp& like, Precision precision, int64_t models);

  CudaNetwork& network() { return network_; }

  // Steps of an epoch from `first_step` on, for as long as no observer has cancelled; each model's losses are added
  // to its list. Returns the step that comes next. The plans have the same shape; `penalty`, null where `vectors` has
  // no direction, is like each model's.
  int64_t train(std::span<const Member> members, const UpdateVectors& vectors, const OffDirectionPenalty* penalty,
                int64_t first_step);

 private:
  // Steps that are launched together, between two looks at whether to stop.
  static constexpr int64_t kSteps = 8;
  static constexpr int64_t kGroups = 3;  // that may be on their way to the device

  class StepPipeline;

  void enqueue_step(const StepArguments& arguments, float* gradients);
  void read_losses(std::span<const Member> members, int64_t first_step, int64_t end);

  at::TensorOptions options_;  // of the parameters
  CudaNetwork network_;
  CudaEpoch epoch_;
  CudaUpdate update_;
  StepGraphs graphs_;
  PinnedArray<StepFactors> factors_;  // [groups, steps, models]
  PinnedArray<float> last_losses_;    // [groups, models]
  std::array<Event, kGroups> group_done_;
};

}  // namespace cl_torch::fused
