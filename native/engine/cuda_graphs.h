#pragma once

namespace cl_torch {

// Whether the fused engine's training steps may be replayed as CUDA graphs: unless the environment's
// CL_TORCH_CUDA_GRAPHS says `off`, for whoever wants to tell a graph's fault from a kernel's. Throws INVALID_ARGUMENT
// when it is neither `on` nor `off`.
bool wants_cuda_graphs();

// Whether the autograd engine's may be, too: where the variable says `on`.
bool wants_autograd_graphs();

}  // namespace cl_torch
