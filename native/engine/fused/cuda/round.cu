#include "engine/fused/cuda/round.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;

__global__ void round_values(const float* source, __nv_bfloat16* target, int64_t count) {
  for (int64_t i = global_thread(); i < count; i += global_threads()) store(target + i, source[i]);
}

}  // namespace

void launch_round(const float* source, void* target, int64_t count, cudaStream_t stream) {
  launch(round_values, striding_blocks(count, kThreads), kThreads, stream, source, static_cast<__nv_bfloat16*>(target),
         count);
}

}  // namespace cl_torch::fused
