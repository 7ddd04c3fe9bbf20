#pragma once

#include <cuda_runtime_api.h>

namespace cl_torch::fused {

// Throws unless the call succeeded: OUT_OF_MEMORY, DEVICE_LOST after a failure that the process's CUDA context does not
// outlive, else LIBTORCH. `what` names what was tried, such as "launching a kernel".
void check(cudaError_t status, const char* what);

}  // namespace cl_torch::fused
