#pragma once

// What the kernels of an update share.

#include "engine/fused/common/update_rule.h"
#include "engine/fused/cuda/device.h"
#include "engine/fused/cuda/update.h"

namespace cl_torch::fused {

inline constexpr int kThreads = 256;                        // of a block that works on a chunk
inline constexpr int kQuads = kChunk / (kFour * kThreads);  // of a thread: the parameters that it updates, four by four
inline constexpr int kEndThreads = 1024;                    // of the one block that ends a step

static_assert(kChunkUnit == kFour);

// The kernels take their pointers from their parameters and never from a copy that they change: of such a copy's the
// compiler no longer knows that they point into global memory.

// Where the block's model begins in a vector laid out like the parameters.
__device__ inline int64_t model_begin(const UpdatePointers& pointers) { return blockIdx.y * pointers.models.stride; }

// Where its chunks begin in the penalty's lists of all models' chunks.
__device__ inline int64_t model_chunks(const UpdatePointers& pointers) {
  return static_cast<int64_t>(blockIdx.y) * pointers.chunk_count;
}

__device__ inline int64_t model_parts(const UpdatePointers& pointers) {
  return static_cast<int64_t>(blockIdx.y) * pointers.penalty.parts;
}

// A warp for each part. A part whose direction is zero has no share.
__device__ inline void find_shares(const UpdatePointers& pointers) {
  const PenaltyPointers& penalty = pointers.penalty;
  const double* products = penalty.products + model_chunks(pointers);
  const double* lengths = penalty.lengths + model_parts(pointers);
  const unsigned lane = threadIdx.x % kWarp;
  const auto warps = static_cast<int>(blockDim.x / kWarp);
  for (int part = static_cast<int>(threadIdx.x / kWarp); part < penalty.parts; part += warps) {
    double sum = 0;
    for (int i = penalty.part_begins[part] + static_cast<int>(lane); i < penalty.part_begins[part + 1]; i += kWarp) {
      sum += products[i];
    }
    sum = warp_sum(sum);
    if (lane == 0) {
      penalty.shares[model_parts(pointers) + part] = static_cast<float>(lengths[part] > 0 ? sum / lengths[part] : 0);
    }
  }
}

__device__ inline StepFactors step_factors(const UpdatePointers& pointers) {
  return pointers.factors[pointers.step[blockIdx.y] * pointers.models.count + blockIdx.y];
}

// Four neighbouring parameters, from index k on, and what the rule needs of them.
template <typename Rule>
struct Quad {
  Four values;
  Four gradients;
  Four first;
  Four second;

  __device__ void load(const UpdatePointers& pointers, int64_t k) {
    values = load_four(pointers.values + k);
    gradients = load_four(pointers.gradients + k);
    if constexpr (Rule::kVectors > 0) first = load_four(pointers.first + k);
    if constexpr (Rule::kVectors > 1) second = load_four(pointers.second + k);
  }

  __device__ void step(const StepFactors& factors) {
    for (int i = 0; i < kFour; ++i) {
      Moments moments{first.at[i], second.at[i]};
      values.at[i] = Rule::step(values.at[i], gradients.at[i], moments, factors);
      first.at[i] = moments.first;
      second.at[i] = moments.second;
    }
  }

  __device__ void store(const UpdatePointers& pointers, int64_t k) const {
    store_four(pointers.values + k, values);
    if constexpr (Rule::kVectors > 0) store_four(pointers.first + k, first);
    if constexpr (Rule::kVectors > 1) store_four(pointers.second + k, second);
    if (pointers.rounded) store_four(static_cast<__nv_bfloat16*>(pointers.rounded) + k, values);
  }
};

// Where one of the thread's quads begins in its chunk.
__device__ inline int quad_begin(int quad) { return kFour * (quad * kThreads + static_cast<int>(threadIdx.x)); }

// A chunk's sum in an order that does not depend on how many elements a thread reads at once.
__device__ inline double chunk_sum(const float* terms, int count, double* scratch) {
  float sum = 0;
  for (int round = 0; round < kChunk / kThreads; ++round) {
    const int i = round * kThreads + static_cast<int>(threadIdx.x);
    if (i < count) sum += terms[i];
  }
  return block_sum<kThreads>(sum, scratch);
}

}  // namespace cl_torch::fused
