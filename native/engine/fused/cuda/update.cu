#include "engine/fused/cuda/update.h"

#include "engine/fused/common/update_rule.h"
#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;                        // of a block that works on a chunk
constexpr int kQuads = kChunk / (kFour * kThreads);  // of a thread: the parameters that it updates, four by four
constexpr int kEndThreads = 1024;                    // of the one block that ends a step

static_assert(kChunkUnit == kFour);

// The kernels take their pointers from their parameters and never from a copy that they change: of such a copy's the
// compiler no longer knows that they point into global memory.

// Where the block's model begins in a vector laid out like the parameters.
__device__ int64_t model_begin(const UpdatePointers& pointers) { return blockIdx.y * pointers.models.stride; }

// Where its chunks begin in the penalty's lists of all models' chunks.
__device__ int64_t model_chunks(const UpdatePointers& pointers) {
  return static_cast<int64_t>(blockIdx.y) * pointers.chunk_count;
}

__device__ int64_t model_parts(const UpdatePointers& pointers) {
  return static_cast<int64_t>(blockIdx.y) * pointers.penalty.parts;
}

// A warp for each part. A part whose direction is zero has no share.
__device__ void find_shares(const UpdatePointers& pointers) {
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

// <nu, s> of each chunk; <nu, nu> of each chunk goes where the squares will be.
__global__ void measure_chunks(const UpdatePointers pointers) {
  __shared__ double scratch[kThreads / kWarp];
  const Chunk chunk = pointers.chunks[blockIdx.x];
  const int64_t begin = model_begin(pointers) + chunk.begin;
  double product = 0;
  double length = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const double direction = pointers.penalty.direction[begin + i];
    product += direction * (static_cast<double>(pointers.values[begin + i]) - pointers.penalty.anchor[begin + i]);
    length += direction * direction;
  }
  product = block_sum<kThreads>(product, scratch);
  length = block_sum<kThreads>(length, scratch);
  if (threadIdx.x == 0) {
    pointers.penalty.products[model_chunks(pointers) + blockIdx.x] = product;
    pointers.penalty.squares[model_chunks(pointers) + blockIdx.x] = length;
  }
}

__global__ void start_shares(const UpdatePointers pointers) {
  const PenaltyPointers& penalty = pointers.penalty;
  const double* squares = penalty.squares + model_chunks(pointers);
  for (int part = static_cast<int>(threadIdx.x); part < penalty.parts; part += static_cast<int>(blockDim.x)) {
    double length = 0;
    for (int i = penalty.part_begins[part]; i < penalty.part_begins[part + 1]; ++i) length += squares[i];
    penalty.lengths[model_parts(pointers) + part] = length;
  }
  __syncthreads();
  find_shares(pointers);
}

__device__ StepFactors step_factors(const UpdatePointers& pointers) {
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
__device__ int quad_begin(int quad) { return kFour * (quad * kThreads + static_cast<int>(threadIdx.x)); }

// Everything that a thread reads is on its way before it waits for any of it.
template <typename Rule>
__global__ void update(const UpdatePointers pointers, int32_t first_chunk) {
  const Chunk chunk = pointers.chunks[first_chunk + blockIdx.x];
  const int64_t begin = model_begin(pointers) + chunk.begin;
  Quad<Rule> quads[kQuads];
  for (int q = 0; q < kQuads; ++q) {
    if (quad_begin(q) < chunk.count) quads[q].load(pointers, begin + quad_begin(q));
  }
  const StepFactors factors = step_factors(pointers);
  for (int q = 0; q < kQuads; ++q) {
    if (quad_begin(q) >= chunk.count) continue;
    quads[q].step(factors);
    quads[q].store(pointers, begin + quad_begin(q));
  }
}

// What the penalty needs of four parameters, and the terms of its sums.
struct PenaltyQuad {
  Four direction;
  Four anchor;
  Four squares;
  Four products;

  __device__ void load(const PenaltyPointers& penalty, int64_t k) {
    direction = load_four(penalty.direction + k);
    anchor = load_four(penalty.anchor + k);
  }

  template <typename Rule>
  __device__ void step(Quad<Rule>& quad, float share, float strength, const StepFactors& factors) {
    for (int i = 0; i < kFour; ++i) {
      const float delta = quad.values.at[i] - anchor.at[i] - share * direction.at[i];
      quad.gradients.at[i] += strength * delta;
      squares.at[i] = delta * delta;
    }
    quad.step(factors);
    for (int i = 0; i < kFour; ++i) products.at[i] = direction.at[i] * (quad.values.at[i] - anchor.at[i]);
  }
};

// A chunk's sum in an order that does not depend on how many elements a thread reads at once.
__device__ double chunk_sum(const float* terms, int count, double* scratch) {
  float sum = 0;
  for (int round = 0; round < kChunk / kThreads; ++round) {
    const int i = round * kThreads + static_cast<int>(threadIdx.x);
    if (i < count) sum += terms[i];
  }
  return block_sum<kThreads>(sum, scratch);
}

// At least three blocks fit a multiprocessor, by their registers: then all of a network of 800,000 parameters are under
// way at once on an H100.
template <typename Rule>
__global__ void __launch_bounds__(kThreads, 3) update_penalised(const UpdatePointers pointers, int32_t first_chunk) {
  __shared__ double scratch[kThreads / kWarp];
  alignas(16) __shared__ float squares[kChunk];
  alignas(16) __shared__ float products[kChunk];
  const Chunk chunk = pointers.chunks[first_chunk + blockIdx.x];
  const int64_t begin = model_begin(pointers) + chunk.begin;
  Quad<Rule> quads[kQuads];
  PenaltyQuad penalties[kQuads];
  for (int q = 0; q < kQuads; ++q) {
    if (quad_begin(q) >= chunk.count) continue;
    quads[q].load(pointers, begin + quad_begin(q));
    penalties[q].load(pointers.penalty, begin + quad_begin(q));
  }
  const StepFactors factors = step_factors(pointers);
  const float share = pointers.penalty.shares[model_parts(pointers) + chunk.part];
  const auto strength = static_cast<float>(2 * pointers.penalty.alpha);
  for (int q = 0; q < kQuads; ++q) {
    if (quad_begin(q) >= chunk.count) continue;
    penalties[q].step(quads[q], share, strength, factors);
    quads[q].store(pointers, begin + quad_begin(q));
    store_four(squares + quad_begin(q), penalties[q].squares);
    store_four(products + quad_begin(q), penalties[q].products);
  }
  __syncthreads();
  const double product = chunk_sum(products, chunk.count, scratch);
  const double square = chunk_sum(squares, chunk.count, scratch);
  if (threadIdx.x == 0) {
    const int64_t number = model_chunks(pointers) + first_chunk + blockIdx.x;
    pointers.penalty.products[number] = product;
    pointers.penalty.squares[number] = square;
  }
}

__global__ void end_step(const UpdatePointers pointers, const double* row_losses, int64_t rows, float* losses) {
  __shared__ double scratch[kEndThreads / kWarp];
  double loss = block_mean<kEndThreads>(row_losses + blockIdx.y * rows, rows, scratch);
  if (pointers.penalty.direction) {
    const double* squares = pointers.penalty.squares + model_chunks(pointers);
    double square = 0;
    for (int i = static_cast<int>(threadIdx.x); i < pointers.chunk_count; i += kEndThreads) square += squares[i];
    loss += pointers.penalty.alpha * block_sum<kEndThreads>(square, scratch);
    find_shares(pointers);
  }
  if (threadIdx.x == 0) {
    int32_t& step = pointers.step[blockIdx.y];
    losses[step * pointers.models.count + blockIdx.y] = static_cast<float>(loss);
    ++step;
  }
}

}  // namespace

void launch_start_penalty(const UpdatePointers& pointers, cudaStream_t stream) {
  const dim3 blocks = model_grid(static_cast<unsigned>(pointers.chunk_count), pointers.models.count);
  launch(measure_chunks, blocks, kThreads, stream, pointers);
  launch(start_shares, model_grid(1, pointers.models.count), kEndThreads, stream, pointers);
}

void launch_update(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream) {
  with_rule(pointers.rule, [&](auto type) {
    using Rule = decltype(type);
    const auto kernel = pointers.penalty.direction ? update_penalised<Rule> : update<Rule>;
    const dim3 blocks = model_grid(static_cast<unsigned>(chunks.end - chunks.begin), pointers.models.count);
    launch(kernel, blocks, kThreads, stream, pointers, chunks.begin);
  });
}

void launch_end_step(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream) {
  launch(end_step, model_grid(1, pointers.models.count), kEndThreads, stream, pointers, row_losses, rows, losses);
}

}  // namespace cl_torch::fused
