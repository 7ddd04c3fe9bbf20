#pragma once

#include "adamw.h"
#include "dataset.h"
#include "memory.h"
#include "mlp.h"
#include "options.h"
#include "penalty.h"

namespace cl_torch {

// What a training step is made of; the parts that are null are left out.
struct TrainingParts {
  Mlp& model;
  AdamW& optimizer;
  const OffDirectionPenalty* penalty;
  MemoryDealer* rehearsal;  // its examples join every batch
};

// One pass over `order` in consecutive batches, the last one short, by autograd and AdamW: what PyTorch's eager mode
// does, operation for operation. Returns the loss of every step, penalty included. Throws ABORTED within a step of a
// cancel; the parameters then hold the last step's.
std::vector<float> train_epoch(const TrainingParts& parts, TaskView& view, const at::Tensor& order, int64_t batch_size,
                               Observer& observer);

// Rows of the view whose largest logit is their label's, in batches.
int64_t count_correct(const Mlp& model, TaskView& view, int64_t batch_size, Observer& observer);

}  // namespace cl_torch
