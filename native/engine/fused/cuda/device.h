#pragma once

// What the .cu files share: launches, conversions and sums whose order is fixed, so that runs repeat bit for bit.

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "engine/fused/cuda/check.h"

namespace cl_torch::fused {

inline constexpr int kWarp = 32;
inline constexpr unsigned kWholeWarp = 0xffffffff;

// Without the <<<>>> syntax, so that a host compiler can read the file, and with every launch checked.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, cudaStream_t stream, const Arguments&... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, kernel, Parameters(arguments)...), "launching a CUDA kernel");
}

// Blocks of a one-dimensional grid when each takes so many items.
inline unsigned blocks_for(int64_t count, int64_t per_block) {
  return static_cast<unsigned>((count + per_block - 1) / per_block);
}

// Enough threads for every multiprocessor; they stride over what is left (global_threads).
inline unsigned striding_blocks(int64_t count, int threads) {
  return blocks_for(count < (1 << 20) ? count : (1 << 20), threads);
}

// The same blocks for each model.
inline dim3 model_grid(unsigned blocks, int64_t models) { return dim3(blocks, static_cast<unsigned>(models)); }

__device__ inline float load(const float* source) { return *source; }
__device__ inline float load(const __nv_bfloat16* source) { return __bfloat162float(*source); }
__device__ inline void store(float* target, float value) { *target = value; }
__device__ inline void store(__nv_bfloat16* target, float value) { *target = __float2bfloat16_rn(value); }

// Four neighbouring elements of a list that begins on 16 bytes (bfloat16: on 8), read and written at once.
inline constexpr int kFour = 4;
struct Four {
  float at[kFour];
};
__device__ inline Four load_four(const float* source) {
  const float4 four = *reinterpret_cast<const float4*>(source);
  return {{four.x, four.y, four.z, four.w}};
}
// The same of a list that no kernel of a step writes, wherever its address comes from.
__device__ inline Four constant_four(const float* source) {
  const float4 four = __ldg(reinterpret_cast<const float4*>(source));
  return {{four.x, four.y, four.z, four.w}};
}
__device__ inline void store_four(float* target, const Four& four) {
  *reinterpret_cast<float4*>(target) = {four.at[0], four.at[1], four.at[2], four.at[3]};
}
__device__ inline void store_four(__nv_bfloat16* target, const Four& four) {
  struct alignas(8) Rounded {
    __nv_bfloat16 at[kFour];
  };
  Rounded rounded;
  for (int i = 0; i < kFour; ++i) rounded.at[i] = __float2bfloat16_rn(four.at[i]);
  *reinterpret_cast<Rounded*>(target) = rounded;
}

__device__ inline int64_t global_thread() { return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; }
__device__ inline int64_t global_threads() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

// The results are the same in every lane.
__device__ inline float warp_max(float value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kWholeWarp, value, offset));
  }
  return value;
}

template <typename T>
__device__ inline T warp_sum(T value) {
  for (int offset = kWarp / 2; offset > 0; offset /= 2) value += __shfl_xor_sync(kWholeWarp, value, offset);
  return value;
}

// The sum over a one-dimensional block of so many threads, whole warps, in every thread. `scratch`: shared, a value a
// warp.
template <int threads>
__device__ inline double block_sum(double value, double* scratch) {
  value = warp_sum(value);
  __syncthreads();  // scratch may still be read from the sum before
  if (threadIdx.x % kWarp == 0) scratch[threadIdx.x / kWarp] = value;
  __syncthreads();
  double sum = 0;
  for (int warp = 0; warp < threads / kWarp; ++warp) sum += scratch[warp];
  return sum;
}

// The mean of a list, in every thread of such a block.
template <int threads>
__device__ inline double block_mean(const double* values, int64_t count, double* scratch) {
  double sum = 0;
  for (int64_t i = threadIdx.x; i < count; i += threads) sum += values[i];
  return block_sum<threads>(sum, scratch) / static_cast<double>(count);
}

}  // namespace cl_torch::fused
