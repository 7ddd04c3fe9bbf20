#pragma once

#include <cmath>

#include "engine/fused/common/host_device.h"

namespace cl_torch::fused {

// Zero in the place of a number that is too small to change a parameter by any usual step. Each operation with a
// subnormal number costs Intel's processors more than a hundred cycles, and two kinds of numbers fall without end: a
// moment whose gradient is zero for hundreds of steps, as that of a pixel without ink, halves every seven steps; and
// the probability of a wrong class falls as long as an example is trained that the network is sure of, and with it all
// gradients of that example. Where a direction alone counts, as of the reference gradient of A-GEM, so small a gradient
// now has none.
CL_TORCH_HOST_DEVICE inline float without_remains(float value) { return fabsf(value) < 1e-30F ? 0 : value; }

}  // namespace cl_torch::fused
