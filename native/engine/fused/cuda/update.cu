#include "engine/fused/cuda/update.h"

#include "engine/fused/common/update_rule.h"
#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;      // of a block that works on a chunk
constexpr int kEndThreads = 1024;  // of the one block that ends a step

// The pointers of the block's model; `pointers` are the first model's.
__device__ UpdatePointers block_model(UpdatePointers pointers) {
  const int64_t model = blockIdx.y;
  const int64_t parameters = model * pointers.models.stride;
  pointers.values += parameters;
  pointers.gradients += parameters;
  if (pointers.first) pointers.first += parameters;
  if (pointers.second) pointers.second += parameters;
  if (pointers.rounded) pointers.rounded = static_cast<__nv_bfloat16*>(pointers.rounded) + parameters;
  pointers.step += model;
  pointers.factors += *pointers.step * pointers.models.count + model;
  PenaltyPointers& penalty = pointers.penalty;
  if (!penalty.direction) return pointers;
  penalty.direction += parameters;
  penalty.anchor += parameters;
  penalty.products += model * pointers.chunk_count;
  penalty.squares += model * pointers.chunk_count;
  penalty.lengths += model * penalty.parts;
  penalty.shares += model * penalty.parts;
  return pointers;
}

// A warp for each part. A part whose direction is zero has no share.
__device__ void find_shares(const PenaltyPointers& penalty) {
  const unsigned lane = threadIdx.x % kWarp;
  const auto warps = static_cast<int>(blockDim.x / kWarp);
  for (int part = static_cast<int>(threadIdx.x / kWarp); part < penalty.parts; part += warps) {
    double sum = 0;
    for (int i = penalty.part_begins[part] + static_cast<int>(lane); i < penalty.part_begins[part + 1]; i += kWarp) {
      sum += penalty.products[i];
    }
    sum = warp_sum(sum);
    if (lane == 0)
      penalty.shares[part] = static_cast<float>(penalty.lengths[part] > 0 ? sum / penalty.lengths[part] : 0);
  }
}

// <nu, s> of each chunk; <nu, nu> of each chunk goes where the squares will be.
__global__ void measure_chunks(UpdatePointers all_models) {
  __shared__ double scratch[kThreads / kWarp];
  const UpdatePointers pointers = block_model(all_models);
  const Chunk chunk = pointers.chunks[blockIdx.x];
  double product = 0;
  double length = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    const double direction = pointers.penalty.direction[k];
    product += direction * (static_cast<double>(pointers.values[k]) - pointers.penalty.anchor[k]);
    length += direction * direction;
  }
  product = block_sum(product, scratch);
  length = block_sum(length, scratch);
  if (threadIdx.x == 0) {
    pointers.penalty.products[blockIdx.x] = product;
    pointers.penalty.squares[blockIdx.x] = length;
  }
}

__global__ void start_shares(UpdatePointers all_models) {
  const PenaltyPointers penalty = block_model(all_models).penalty;
  for (int part = static_cast<int>(threadIdx.x); part < penalty.parts; part += static_cast<int>(blockDim.x)) {
    double length = 0;
    for (int i = penalty.part_begins[part]; i < penalty.part_begins[part + 1]; ++i) length += penalty.squares[i];
    penalty.lengths[part] = length;
  }
  __syncthreads();
  find_shares(penalty);
}

template <typename Rule>
__device__ Moments load_moments(const UpdatePointers& pointers, int64_t k) {
  Moments moments;
  if constexpr (Rule::kVectors > 0) moments.first = pointers.first[k];
  if constexpr (Rule::kVectors > 1) moments.second = pointers.second[k];
  return moments;
}

template <typename Rule>
__device__ void store_element(const UpdatePointers& pointers, int64_t k, float value, const Moments& moments) {
  pointers.values[k] = value;
  if constexpr (Rule::kVectors > 0) pointers.first[k] = moments.first;
  if constexpr (Rule::kVectors > 1) pointers.second[k] = moments.second;
  if (pointers.rounded) store(static_cast<__nv_bfloat16*>(pointers.rounded) + k, value);
}

template <typename Rule>
__global__ void update(UpdatePointers all_models) {
  const UpdatePointers pointers = block_model(all_models);
  const StepFactors factors = *pointers.factors;
  const Chunk chunk = pointers.chunks[blockIdx.x];
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    Moments moments = load_moments<Rule>(pointers, k);
    const float value = Rule::step(pointers.values[k], pointers.gradients[k], moments, factors);
    store_element<Rule>(pointers, k, value, moments);
  }
}

template <typename Rule>
__global__ void update_penalised(UpdatePointers all_models) {
  __shared__ double scratch[kThreads / kWarp];
  const UpdatePointers pointers = block_model(all_models);
  const StepFactors factors = *pointers.factors;
  const Chunk chunk = pointers.chunks[blockIdx.x];
  const float share = pointers.penalty.shares[chunk.part];
  const auto strength = static_cast<float>(2 * pointers.penalty.alpha);
  float product = 0;
  float square = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    const float direction = pointers.penalty.direction[k];
    const float anchor = pointers.penalty.anchor[k];
    const float before = pointers.values[k];
    const float delta = before - anchor - share * direction;
    Moments moments = load_moments<Rule>(pointers, k);
    const float after = Rule::step(before, pointers.gradients[k] + strength * delta, moments, factors);
    store_element<Rule>(pointers, k, after, moments);
    square += delta * delta;
    product += direction * (after - anchor);
  }
  const double products = block_sum(product, scratch);
  const double squares = block_sum(square, scratch);
  if (threadIdx.x == 0) {
    pointers.penalty.products[blockIdx.x] = products;
    pointers.penalty.squares[blockIdx.x] = squares;
  }
}

__global__ void end_step(UpdatePointers all_models, const double* row_losses, int64_t rows, float* losses) {
  __shared__ double scratch[kEndThreads / kWarp];
  const UpdatePointers pointers = block_model(all_models);
  double loss = block_mean(row_losses + blockIdx.y * rows, rows, scratch);
  if (pointers.penalty.direction) {
    double square = 0;
    for (int i = static_cast<int>(threadIdx.x); i < pointers.chunk_count; i += kEndThreads)
      square += pointers.penalty.squares[i];
    loss += pointers.penalty.alpha * block_sum(square, scratch);
    find_shares(pointers.penalty);
  }
  if (threadIdx.x == 0) {
    losses[*pointers.step * pointers.models.count + blockIdx.y] = static_cast<float>(loss);
    ++*pointers.step;
  }
}

dim3 chunk_grid(const UpdatePointers& pointers) {
  return model_grid(static_cast<unsigned>(pointers.chunk_count), pointers.models.count);
}

}  // namespace

void launch_start_penalty(const UpdatePointers& pointers, cudaStream_t stream) {
  launch(measure_chunks, chunk_grid(pointers), kThreads, stream, pointers);
  launch(start_shares, model_grid(1, pointers.models.count), kEndThreads, stream, pointers);
}

void launch_update(const UpdatePointers& pointers, cudaStream_t stream) {
  with_rule(pointers.rule, [&](auto type) {
    using Rule = decltype(type);
    const auto kernel = pointers.penalty.direction ? update_penalised<Rule> : update<Rule>;
    launch(kernel, chunk_grid(pointers), kThreads, stream, pointers);
  });
}

void launch_end_step(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream) {
  launch(end_step, model_grid(1, pointers.models.count), kEndThreads, stream, pointers, row_losses, rows, losses);
}

}  // namespace cl_torch::fused
