#pragma once

#include <ATen/core/Tensor.h>

#include "methods/arithmetic.h"

namespace cl_torch {

// Averaged gradient episodic memory (Chaudhry et al., 2019): where <gradient, reference> < 0, a step along the gradient
// would raise the reference's loss, and the gradient loses what it has along the reference: g <- g - (<g, r> / <r, r>)
// r.
void keep_from_opposing(at::Tensor& gradient, const at::Tensor& reference, const Arithmetic& arithmetic);

}  // namespace cl_torch
