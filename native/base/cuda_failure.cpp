#include "base/cuda_failure.h"

#include <algorithm>
#include <iterator>

#include "base/host_memory.h"

#ifdef CL_TORCH_WITH_CUDA
#include <cuda_runtime_api.h>
#endif

namespace cl_torch {
namespace {

// Failures after which every further CUDA call of the process fails, by the numbers that CUDA gives them: older headers
// do not have all the names.
constexpr int kEndsContext[] = {
    214,  // cudaErrorECCUncorrectable
    220,  // cudaErrorNvlinkUncorrectable
    226,  // cudaErrorContained
    700,  // cudaErrorIllegalAddress
    702,  // cudaErrorLaunchTimeout
    710,  // cudaErrorAssert
    714,  // cudaErrorHardwareStackError
    715,  // cudaErrorIllegalInstruction
    716,  // cudaErrorMisalignedAddress
    717,  // cudaErrorInvalidAddressSpace
    718,  // cudaErrorInvalidPc
    719,  // cudaErrorLaunchFailure
    721,  // cudaErrorTensorMemoryLeak
    810,  // cudaErrorMpsClientTerminated
    911,  // cudaErrorExternalDevice
    999,  // cudaErrorUnknown
};
constexpr int kMemoryAllocation = 2;  // cudaErrorMemoryAllocation

bool ends_context(int status) {
  return std::find(std::begin(kEndsContext), std::end(kEndsContext), status) != std::end(kEndsContext);
}

#ifdef CL_TORCH_WITH_CUDA

static_assert(kMemoryAllocation == cudaErrorMemoryAllocation);

std::string memory_left() {
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) return "";
  return std::string(" ").append(megabytes(free_bytes)) + " of the GPU's " + megabytes(total_bytes) + " are free.";
}

#else

std::string memory_left() { return ""; }

#endif

}  // namespace

Error cuda_failure(int status, const std::string& message) {
  if (ends_context(status)) {
    return {code::kDeviceLost,
            "The GPU was lost: " + message +
                ".\nNothing on it can be saved, and this process cannot use it again: start a new one. If it happens "
                "again, look for Xid messages of the driver in the kernel's log (dmesg) and check the GPU with "
                "nvidia-smi."};
  }
  if (status == kMemoryAllocation) return out_of_memory(message + "." + memory_left());
  return {code::kLibTorch, message + "."};
}

}  // namespace cl_torch
