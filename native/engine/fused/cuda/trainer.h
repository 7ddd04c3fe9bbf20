#pragma once

#include <span>

#include "engine/fused/cuda/epoch_buffers.h"
#include "engine/fused/cuda/network.h"
#include "engine/fused/cuda/step_graphs.h"
#include "engine/fused/cuda/step_pipeline.h"
#include "engine/fused/cuda/update_buffers.h"
#include "engine/options.h"

namespace cl_torch::fused {

// Trains one model, or several alike in the same launches: a few steps are one CUDA graph, which finds their examples,
// factors and places of losses by a count of steps on the device. The host only launches, some groups ahead.
class CudaTrainer {
 public:
  // `model`: the one that is trained, or one that is like all of them. Its GPU must be the calling thread's current
  // device, in all calls.
  CudaTrainer(const Mlp& model, Precision precision, int64_t models);

  CudaNetwork& network() { return network_; }

  // Steps of an epoch from `first_step` on, for as long as no observer has cancelled; each model's losses are added
  // to its list. Returns the step that comes next. The plans have the same shape.
  int64_t train(std::span<const EpochMember> members, const UpdateVectors& vectors, const ObjectiveTerms& terms,
                int64_t first_step);

 private:
  // Counts in `next` each step whose update is launched.
  void enqueue_steps(const StepArguments& arguments, float* gradients, int64_t& next, bool is_captured);
  // Forward, backward, update.
  void enqueue_step(const StepArguments& arguments, const BatchPlace& batch, float* gradients, bool is_captured);
  void end_step(const StepArguments& arguments, size_t step, cudaStream_t stream);

  // Makes room for the terms that batches are learnt by, and copies them to the device.
  void reserve_terms(const BatchLoss& loss, int64_t target_classes);
  BatchTerms load_terms(const BatchLoss& loss, cudaStream_t stream);

  at::TensorOptions options_;  // of the parameters
  CudaNetwork network_;
  EpochBuffers epoch_;
  UpdateBuffers update_;
  std::vector<TargetTerm> host_targets_;
  at::Tensor targets_;  // TargetTerm
  StepGraphs<StepArguments, Graph> graphs_;
  StepPipeline pipeline_;
};

}  // namespace cl_torch::fused
