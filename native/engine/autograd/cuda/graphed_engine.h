#pragma once

#include "engine/autograd/cuda/eager_update.h"
#include "engine/autograd/cuda/own_stream.h"
#include "engine/autograd/cuda/pooled_graph.h"
#include "engine/autograd/engine.h"
#include "engine/fused/cuda/epoch_buffers.h"
#include "engine/fused/cuda/step_graphs.h"
#include "engine/fused/cuda/step_pipeline.h"

namespace cl_torch {

// The autograd engine on a GPU with a training step as one CUDA graph: what AutogradEngine computes, bit for bit,
// without the host's way through LibTorch for each of a step's kernels. As in the fused engine a step finds its
// examples, the optimiser's factors and the place of its loss by a count of steps on the device, so that nothing which
// changes from step to step is a constant of the graph. All other calls are AutogradEngine's, and so are epochs whose
// examples are not plain, whose network draws, whose objective has a path, a mask, targets
// or draws, whose optimiser clips the gradient, or whose batches are learnt in parts.
class GraphedEngine final : public AutogradEngine {
 public:
  // The network's GPU must be the calling thread's current device.
  explicit GraphedEngine(Network& network, Precision precision = Precision::kFp32);

  std::vector<float> train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                 Observer& observer) override;

 private:
  // Everything that a step is given: a graph that was captured with equal arguments does the same.
  struct Arguments {
    int64_t rows;
    fused::Selection selection;
    float* inputs;
    int64_t* labels;
    int64_t objective;  // its version: LibTorch's kernels have its numbers, and where its vectors are, as constants
    EagerUpdate update;
    float* losses;
    int32_t* step;
    static constexpr int64_t steps() { return 1; }
    bool operator==(const Arguments&) const = default;
  };

  void reserve(int64_t rows);
  Arguments arguments(const Optimizer& optimizer, const Objective& objective) const;
  void enqueue_step(const Arguments& arguments, const Objective& objective);

  OwnStream stream_;
  fused::EpochBuffers epoch_;
  fused::StepPipeline pipeline_;
  at::Tensor inputs_;  // float32 [rows, features]: of the largest batch
  at::Tensor labels_;  // int64 [rows]
  GraphPool pool_;
  fused::StepGraphs<Arguments, PooledGraph> graphs_;
};

}  // namespace cl_torch
