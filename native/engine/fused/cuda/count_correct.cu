#include "engine/fused/cuda/count_correct.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kWarpsPerBlock = 4;

// A logit that may be the largest: the greater value wins, of equal ones the lower class.
struct Candidate {
  float value;
  int64_t index;
};

__device__ Candidate better(const Candidate& left, const Candidate& right) {
  const bool right_wins = right.value > left.value || (right.value == left.value && right.index < left.index);
  return right_wins ? right : left;
}

__device__ bool is_finite(float value) { return value - value == 0; }

// A warp for each row.
__global__ void count_correct(const CountArguments arguments, unsigned long long* count) {
  const int64_t row = global_thread() / kWarp;
  const int lane = static_cast<int>(threadIdx.x % kWarp);
  if (row >= arguments.rows) return;
  const float* logits = arguments.logits + row * arguments.classes;
  Candidate best{-INFINITY, arguments.end};
  int not_finite = 0;
  for (int64_t k = arguments.begin + lane; k < arguments.end; k += kWarp) {
    const float value = logits[k] + arguments.bias[k];
    best = better(best, {value, k});
    not_finite += is_finite(value) ? 0 : 1;
  }
  not_finite = warp_sum(not_finite);
  for (int offset = kWarp / 2; offset > 0; offset /= 2) {
    best = better(best,
                  {__shfl_xor_sync(kWholeWarp, best.value, offset), __shfl_xor_sync(kWholeWarp, best.index, offset)});
  }
  if (lane == 0 && not_finite == 0 && best.index == arguments.labels[row]) atomicAdd(count, 1ULL);
}

}  // namespace

void launch_count_correct(const CountArguments& arguments, unsigned long long* count, cudaStream_t stream) {
  launch(count_correct, blocks_for(arguments.rows, kWarpsPerBlock), kWarpsPerBlock * kWarp, stream, arguments, count);
}

}  // namespace cl_torch::fused
