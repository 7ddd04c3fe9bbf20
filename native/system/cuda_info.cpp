#include "system/runtime_info.h"

#include "base/error.h"

#ifdef CL_TORCH_WITH_CUDA

#include <ATen/Context.h>
#include <cuda_runtime_api.h>

#include <cstdlib>
#include <mutex>

namespace cl_torch {
namespace {

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaDevice describe(int index) {
  cudaDeviceProp properties{};
  cudaGetDeviceProperties(&properties, index);
  return {index, properties.name, std::to_string(properties.major) + "." + std::to_string(properties.minor),
          static_cast<int64_t>(properties.totalGlobalMem)};
}

// Each session has two streams. With CUDA's default of 8 queues to the device, sixteen sessions' streams would share
// some, and wait there for each other.
constexpr const char* kQueues = "32";

}  // namespace

void prepare_cuda() {
  static std::once_flag once;
  std::call_once(once, [] {
    setenv("CUDA_DEVICE_MAX_CONNECTIONS", kQueues, 0);
    // Convolutions whose sums have one order: others are added up as the blocks come to their end.
    at::globalContext().setDeterministicCuDNN(true);
  });
}

int64_t free_gpu_memory(int index) {
  require_device("cuda:" + std::to_string(index));
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  int current = 0;
  cudaGetDevice(&current);
  cudaError_t status = cudaSetDevice(index);
  if (status == cudaSuccess) status = cudaMemGetInfo(&free_bytes, &total_bytes);
  cudaSetDevice(current);
  if (status == cudaSuccess) return static_cast<int64_t>(free_bytes);
  cudaGetLastError();
  throw Error(code::kDeviceUnavailable, "The CUDA device " + std::to_string(index) +
                                            " did not start: " + cudaGetErrorString(status) +
                                            ". Look whether nvidia-smi shows it, and what else uses it.");
}

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

void prepare_cuda() {}

CudaInfo cuda_info() { return {}; }

int64_t free_gpu_memory(int index) {
  require_device("cuda:" + std::to_string(index));
  return 0;
}

}  // namespace cl_torch

#endif
