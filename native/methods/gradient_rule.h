#pragma once

#include <ATen/core/Tensor.h>

#include <span>

#include "methods/arithmetic.h"

namespace cl_torch {

// Gradient episodic memory (Lopez-Paz and Ranzato, 2017): where a gradient g goes against one of the references r_k, so
// that <g, r_k> < 0 and a step along g would raise that reference's loss, the nearest gradient takes its place that
// goes against none, g + sum v_k r_k. The v are those of the smallest length of it among all v_k >= margin; a margin
// above 0 leads it along the references. Of one reference without a margin it is g - (<g, r> / <r, r>) r, as A-GEM has
// it (Chaudhry et al., 2019).
void keep_from_opposing(at::Tensor& gradient, std::span<const at::Tensor> references, double margin,
                        const Arithmetic& arithmetic);

}  // namespace cl_torch
