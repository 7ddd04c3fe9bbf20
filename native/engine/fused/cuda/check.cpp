#include "engine/fused/cuda/check.h"

#include "base/cuda_failure.h"

namespace cl_torch::fused {

void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // an error that is not sticky must not come up again at the next call
  const std::string reason = std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")";
  throw cuda_failure(status, std::string(what) + ": " + reason);
}

}  // namespace cl_torch::fused
