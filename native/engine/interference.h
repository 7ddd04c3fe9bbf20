#pragma once

#include <optional>

#include "data/epoch_plan.h"
#include "engine/engine.h"
#include "methods/batch_loss.h"

namespace cl_torch {

// The step by which examples are tried.
struct TrialStep {
  double rate;
  at::Tensor mask;  // 0 where a parameter does not move, 1 elsewhere; undefined: all move
};

// Maximally interfered retrieval (Aljundi et al., 2019): of the examples that a step draws, those whose loss a step
// w - rate g against the gradient g of the batch's cross-entropy would raise most. The network is as in an evaluation.
class Interference {
 public:
  Interference(Engine& engine, Network& network) : engine_(engine), network_(network) {}

  // What a step learns from by the draw, of the plan's `sampler`; valid until the next call for that sampler.
  Examples retrieve(const EpochPlan& plan, size_t sampler, int64_t step, const MemoryDraw& draw,
                    const TrialStep& trial);

 private:
  // The cross-entropy of each row.
  std::vector<double> losses(const Examples& examples);
  // Of the candidates, by their indices, in ascending order.
  std::vector<int64_t> most_interfered(const Examples& batch, const Examples& candidates, int64_t count,
                                       const TrialStep& trial);

  Engine& engine_;
  Network& network_;
  std::vector<std::optional<ChosenExamples>> chosen_;  // of each sampler
  BatchReader reader_;
};

}  // namespace cl_torch
