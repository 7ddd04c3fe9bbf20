#pragma once

namespace cl_torch {

// Whether training steps may be replayed as CUDA graphs: unless the environment's CL_TORCH_CUDA_GRAPHS says `off`, for
// whoever wants to tell a graph's fault from a kernel's. Throws INVALID_ARGUMENT when it is neither `on` nor `off`.
bool wants_cuda_graphs();

}  // namespace cl_torch
