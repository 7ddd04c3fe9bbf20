#pragma once

// CUDA's language as far as the kernels use it: a block's threads are fibers, which change where they wait for each
// other; blocks run one after another.

#include <cuda_runtime_api.h>

#include <cmath>
#include <cstring>
#include <functional>

#define __global__ static
#define __device__
#define __host__
#define __shared__ static thread_local  // of the thread that runs a grid's blocks
#define __launch_bounds__(...)

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

struct alignas(16) float4 {
  float x, y, z, w;
};

extern constinit thread_local dim3 threadIdx;
extern constinit thread_local dim3 blockIdx;
extern constinit thread_local dim3 blockDim;
extern constinit thread_local dim3 gridDim;

struct cudaLaunchConfig_t {
  dim3 gridDim;
  dim3 blockDim;
  size_t dynamicSmemBytes = 0;
  cudaStream_t stream = nullptr;
};

namespace emulation {

void give(cudaStream_t stream, std::function<void()> work);
bool is_refused();
void launch_of(void (*kernel)());
void run_grid(dim3 grid, dim3 block, const std::function<void()>& thread);
uint64_t exchange(uint64_t value, unsigned source_lane);  // within the warp
unsigned lane();

template <typename T>
T shuffle(T value, unsigned source_lane) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  bits = exchange(bits, source_lane);
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace emulation

void __syncthreads();

inline float __fadd_rn(float left, float right) { return left + right; }
inline float __fsub_rn(float left, float right) { return left - right; }
inline float __fmul_rn(float left, float right) { return left * right; }
inline float __fdiv_rn(float left, float right) { return left / right; }
inline float __fsqrt_rn(float value) { return std::sqrt(value); }
inline float __fmaf_rn(float left, float right, float more) { return std::fma(left, right, more); }

template <typename T>
T __ldg(const T* address) {
  return *address;
}

template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
  return emulation::shuffle(value, emulation::lane() ^ static_cast<unsigned>(mask));
}

template <typename T>
T atomicAdd(T* address, T value) {
  const T old = *address;
  *address = old + value;
  return old;
}

template <typename... Parameters, typename... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  emulation::launch_of(reinterpret_cast<void (*)()>(kernel));
  const dim3 grid = config->gridDim;
  const dim3 block = config->blockDim;
  emulation::give(config->stream, [=] { emulation::run_grid(grid, block, [=] { kernel(arguments...); }); });
  return cudaSuccess;
}
