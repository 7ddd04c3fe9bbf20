#pragma once

#include "memory.h"
#include "shifted.h"

namespace cl_torch {

// Mean cross-entropy over the whole memory at `values`.
double memory_loss(ShiftedModel& model, const at::Tensor& values, Memory& memory);

}  // namespace cl_torch
