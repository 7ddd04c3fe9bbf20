#include "base/cuda_failure.h"

#ifdef CL_TORCH_WITH_CUDA

#include <cuda_runtime_api.h>

namespace cl_torch {
namespace {

// Failures after which every further CUDA call of the process fails.
bool ends_context(int status) {
  switch (status) {
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalAddress:
    case cudaErrorIllegalInstruction:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorMisalignedAddress:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorUnknown:
      return true;
    default:
      return false;
  }
}

std::string megabytes(size_t bytes) { return std::to_string(bytes / 1000000) + " MB"; }

std::string memory_left() {
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) return "";
  return std::string(" ").append(megabytes(free_bytes)) + " of the GPU's " + megabytes(total_bytes) + " are free.";
}

}  // namespace

Error cuda_failure(int status, const std::string& message) {
  if (ends_context(status)) {
    return {code::kDeviceLost,
            "The GPU was lost: " + message +
                ".\nNothing on it can be saved, and this process cannot use it again: start a new one. If it happens "
                "again, look for Xid messages of the driver in the kernel's log (dmesg) and check the GPU with "
                "nvidia-smi."};
  }
  if (status == cudaErrorMemoryAllocation) {
    return {code::kOutOfMemory,
            message + "." + memory_left() + "\nUse a smaller batch or narrower layers, or free memory on the device."};
  }
  return {code::kLibTorch, message + "."};
}

}  // namespace cl_torch

#else

namespace cl_torch {

Error cuda_failure(int, const std::string& message) { return {code::kLibTorch, message + "."}; }

}  // namespace cl_torch

#endif
