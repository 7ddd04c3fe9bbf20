#pragma once

// Marks a function that CUDA kernels call, too.
#ifdef __CUDACC__
#define CL_TORCH_HOST_DEVICE __host__ __device__
#else
#define CL_TORCH_HOST_DEVICE
#endif
