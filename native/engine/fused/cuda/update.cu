#include "engine/fused/cuda/update.h"

#include "engine/fused/cuda/update_device.h"

namespace cl_torch::fused {
namespace {

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
  if (pointers.penalty.importance) launch_start_weighted_penalty(pointers, stream);
}

void launch_update(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream) {
  if (pointers.terms.values) return launch_update_with_terms(pointers, chunks, stream);
  with_rule(pointers.rule, [&](auto type) {
    using Rule = decltype(type);
    const auto kernel = pointers.penalty.direction ? update_penalised<Rule> : update<Rule>;
    const dim3 blocks = model_grid(static_cast<unsigned>(chunks.end - chunks.begin), pointers.models.count);
    launch(kernel, blocks, kThreads, stream, pointers, chunks.begin);
  });
}

void launch_end_step(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream) {
  if (pointers.terms.values) return launch_end_step_with_terms(pointers, row_losses, rows, losses, stream);
  launch(end_step, model_grid(1, pointers.models.count), kEndThreads, stream, pointers, row_losses, rows, losses);
}

}  // namespace cl_torch::fused
