#pragma once

#include "adamw.h"
#include "dataset.h"
#include "mlp.h"
#include "options.h"

namespace cl_torch {

// One pass over `order` in consecutive batches, the last one short, by autograd and AdamW: what PyTorch's eager mode
// does, operation for operation. Throws ABORTED within a step of a cancel; the parameters then hold the last step's.
std::vector<float> train_epoch(Mlp& model, AdamW& optimizer, TaskView& view, const at::Tensor& order,
                               int64_t batch_size, Observer& observer);

// Rows of the view whose largest logit is their label's, in batches.
int64_t count_correct(const Mlp& model, TaskView& view, int64_t batch_size, Observer& observer);

}  // namespace cl_torch
