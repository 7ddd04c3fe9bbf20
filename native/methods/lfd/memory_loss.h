#pragma once

#include "data/memory.h"
#include "methods/loss_function.h"

namespace cl_torch {

// Mean cross-entropy over the whole memory with the parameters `values`.
double memory_loss(LossFunction& loss_function, const at::Tensor& values, const Memory& memory);

}  // namespace cl_torch
