#pragma once

#include "engine.h"
#include "memory.h"

namespace cl_torch {

// Mean cross-entropy over the whole memory with the parameters `values`.
double memory_loss(Engine& engine, const at::Tensor& values, const Memory& memory);

}  // namespace cl_torch
