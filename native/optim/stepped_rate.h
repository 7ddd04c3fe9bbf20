#pragma once

#include <cstdint>

namespace cl_torch {

// A step size that falls to a tenth at half and to a hundredth at three quarters of the iterations.
double stepped_rate(double rate, bool decays, int64_t iteration, int64_t iterations);

}  // namespace cl_torch
