#pragma once

#include <cstdint>
#include <span>

#include "methods/objective_settings.h"
#include "methods/path_score.h"
#include "methods/penalty.h"
#include "methods/quadratic_penalty.h"
#include "methods/unit_gates.h"

namespace cl_torch {

// What an epoch minimises, the losses of its batches and the sum of these penalties, and what its steps may change.
// What it refers to must outlive it.
struct Objective {
  // What the batches are learnt by; null: cross-entropy.
  const BatchLoss* batch = nullptr;
  // Of an epoch's draws from the memory, in the plan's order. One at most is a reference.
  std::span<const MemoryDraw> draws{};
  const OffDirectionPenalty* off_direction = nullptr;  // none: null
  std::span<const QuadraticPenalty> quadratics{};
  // Sums -gradient · change of the parameters, step by step, element by element: each parameter's share of what the
  // loss has fallen (Zenke et al., 2017). [size]; undefined: none.
  at::Tensor path{};
  PathGradient path_gradient = PathGradient::kTask;
  const PathScore* score = nullptr;  // of the path; none: null
  // 0 or 1 for each element, [size]: a parameter with 0 does not move, and its gradient counts as 0. Undefined: all
  // move.
  at::Tensor mask{};
  // The same: a parameter with 0 counts as 0 in all losses but the penalties, the gates of a task that has a part of
  // the network (Masse et al., 2018). It does not move, either: mask has that 0, too. Undefined: none.
  at::Tensor hiding{};
  // Gates of the hidden units; none: null. They stand beside the batches' cross-entropy alone.
  const GateTerms* gates = nullptr;
  // Objectives of one network with the same version have the same numbers, and vectors at the same places.
  int64_t version = 0;

  // Whether a batch is learnt by more than its cross-entropy.
  bool has_terms() const { return batch || !draws.empty(); }
  // Whether a step is more than the optimiser's with the penalties.
  bool watches_steps() const { return path.defined() || mask.defined() || gates; }
};

}  // namespace cl_torch
