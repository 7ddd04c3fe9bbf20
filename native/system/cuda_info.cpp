#include "system/runtime_info.h"

#ifdef CL_TORCH_WITH_CUDA

#include <cuda_runtime_api.h>

namespace cl_torch {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaDevice describe(int index) {
  cudaDeviceProp properties{};
  cudaGetDeviceProperties(&properties, index);
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  int current = 0;
  cudaGetDevice(&current);
  if (cudaSetDevice(index) == cudaSuccess) cudaMemGetInfo(&free_bytes, &total_bytes);
  cudaSetDevice(current);
  return {index, properties.name, std::to_string(properties.major) + "." + std::to_string(properties.minor),
          static_cast<int64_t>(properties.totalGlobalMem), static_cast<int64_t>(free_bytes)};
}

}  // namespace

CudaInfo cuda_info() {
  CudaInfo info;
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  info.kernels = true;
#endif
  int version = 0;
  if (cudaRuntimeGetVersion(&version) == cudaSuccess) info.build = version_text(version);
  if (cudaDriverGetVersion(&version) == cudaSuccess && version > 0) info.driver = version_text(version);
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    cudaGetLastError();  // clears the status, which LibTorch would otherwise report as a failure of its next call
    info.problem = std::string(cudaGetErrorString(status)) +
                   (info.driver ? " (driver for CUDA " + *info.driver + ", LibTorch for CUDA " + *info.build + ")."
                                : " (no NVIDIA driver was found).");
    return info;
  }
  for (int index = 0; index < count; ++index) info.devices.push_back(describe(index));
  if (count == 0) info.problem = "the driver reports no CUDA device.";
  return info;
}

}  // namespace cl_torch

#else

namespace cl_torch {

CudaInfo cuda_info() { return {}; }

}  // namespace cl_torch

#endif
