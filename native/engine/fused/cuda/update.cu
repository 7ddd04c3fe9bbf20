// AdamW with the off-direction penalty, and what ends a step.
#include "engine/fused/cuda/device.h"
#include "engine/fused/cuda/kernels.h"

namespace cl_torch::fused {
namespace {

constexpr int kThreads = 256;      // of a block that works on a chunk
constexpr int kEndThreads = 1024;  // of the one block that ends a step

// The block's model of what there is for all of them.
__device__ UpdatePointers model_of(UpdatePointers of) {
  const int64_t model = blockIdx.y;
  const int64_t parameters = model * of.models.stride;
  of.values += parameters;
  of.gradients += parameters;
  of.first += parameters;
  of.second += parameters;
  if (of.rounded) of.rounded = static_cast<__nv_bfloat16*>(of.rounded) + parameters;
  of.step += model;
  of.factors += *of.step * of.models.count + model;
  if (!of.penalty.direction) return of;
  of.penalty.direction += parameters;
  of.penalty.anchor += parameters;
  of.penalty.products += model * of.chunk_count;
  of.penalty.squares += model * of.chunk_count;
  of.penalty.lengths += model * of.penalty.parts;
  of.penalty.shares += model * of.penalty.parts;
  return of;
}

// Rows' losses summed in a fixed order, in every thread.
__device__ double mean_loss(const double* losses, int64_t rows, double* scratch) {
  double sum = 0;
  for (int64_t row = threadIdx.x; row < rows; row += blockDim.x) sum += losses[row];
  return block_sum(sum, scratch) / static_cast<double>(rows);
}

// A warp for each part. A part whose direction is zero has no share.
__device__ void find_shares(const PenaltyPointers& of) {
  const unsigned lane = threadIdx.x % kWarp;
  const auto warps = static_cast<int>(blockDim.x / kWarp);
  for (int part = static_cast<int>(threadIdx.x / kWarp); part < of.parts; part += warps) {
    double sum = 0;
    for (int i = of.part_begins[part] + static_cast<int>(lane); i < of.part_begins[part + 1]; i += kWarp) {
      sum += of.products[i];
    }
    sum = warp_sum(sum);
    if (lane == 0) of.shares[part] = static_cast<float>(of.lengths[part] > 0 ? sum / of.lengths[part] : 0);
  }
}

// <nu, s> of each chunk; <nu, nu> of each chunk goes where the squares will be.
__global__ void measure_chunks(UpdatePointers all) {
  __shared__ double scratch[kThreads / kWarp];
  const UpdatePointers of = model_of(all);
  const Chunk chunk = of.chunks[blockIdx.x];
  double product = 0;
  double length = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    const double direction = of.penalty.direction[k];
    product += direction * (static_cast<double>(of.values[k]) - of.penalty.anchor[k]);
    length += direction * direction;
  }
  product = block_sum(product, scratch);
  length = block_sum(length, scratch);
  if (threadIdx.x == 0) {
    of.penalty.products[blockIdx.x] = product;
    of.penalty.squares[blockIdx.x] = length;
  }
}

__global__ void start_shares(UpdatePointers all) {
  const PenaltyPointers of = model_of(all).penalty;
  for (int part = static_cast<int>(threadIdx.x); part < of.parts; part += static_cast<int>(blockDim.x)) {
    double length = 0;
    for (int i = of.part_begins[part]; i < of.part_begins[part + 1]; ++i) length += of.squares[i];
    of.lengths[part] = length;
  }
  __syncthreads();
  find_shares(of);
}

__device__ AdamWElement load_element(const UpdatePointers& of, int64_t k) {
  return {of.values[k], of.first[k], of.second[k]};
}

__device__ void store_element(const UpdatePointers& of, int64_t k, const AdamWElement& element) {
  of.values[k] = element.value;
  of.first[k] = element.first;
  of.second[k] = element.second;
  if (of.rounded) store(static_cast<__nv_bfloat16*>(of.rounded) + k, element.value);
}

__global__ void update(UpdatePointers all) {
  const UpdatePointers of = model_of(all);
  const StepFactors factors = *of.factors;
  const Chunk chunk = of.chunks[blockIdx.x];
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    store_element(of, k, updated(load_element(of, k), of.gradients[k], factors));
  }
}

__global__ void update_penalised(UpdatePointers all) {
  __shared__ double scratch[kThreads / kWarp];
  const UpdatePointers of = model_of(all);
  const StepFactors factors = *of.factors;
  const Chunk chunk = of.chunks[blockIdx.x];
  const float share = of.penalty.shares[chunk.part];
  const auto strength = static_cast<float>(2 * of.penalty.alpha);
  float product = 0;
  float square = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const int64_t k = chunk.begin + i;
    const float direction = of.penalty.direction[k];
    const float anchor = of.penalty.anchor[k];
    const AdamWElement before = load_element(of, k);
    const float delta = before.value - anchor - share * direction;
    const AdamWElement after = updated(before, of.gradients[k] + strength * delta, factors);
    store_element(of, k, after);
    square += delta * delta;
    product += direction * (after.value - anchor);
  }
  const double products = block_sum(product, scratch);
  const double squares = block_sum(square, scratch);
  if (threadIdx.x == 0) {
    of.penalty.products[blockIdx.x] = products;
    of.penalty.squares[blockIdx.x] = squares;
  }
}

__global__ void end_step(UpdatePointers all, const double* row_losses, int64_t rows, float* losses) {
  __shared__ double scratch[kEndThreads / kWarp];
  const UpdatePointers of = model_of(all);
  double loss = mean_loss(row_losses + blockIdx.y * rows, rows, scratch);
  if (of.penalty.direction) {
    double square = 0;
    for (int i = static_cast<int>(threadIdx.x); i < of.chunk_count; i += kEndThreads) square += of.penalty.squares[i];
    loss += of.penalty.alpha * block_sum(square, scratch);
    find_shares(of.penalty);
  }
  if (threadIdx.x == 0) {
    losses[*of.step * of.models.count + blockIdx.y] = static_cast<float>(loss);
    ++*of.step;
  }
}

__global__ void mean(const double* losses, int64_t rows, double* result) {
  __shared__ double scratch[kEndThreads / kWarp];
  const double loss = mean_loss(losses, rows, scratch);
  if (threadIdx.x == 0) *result = loss;
}

dim3 grid_of(const UpdatePointers& of, int32_t blocks) {
  return dim3(static_cast<unsigned>(blocks), static_cast<unsigned>(of.models.count));
}

}  // namespace

void launch_mean(const double* losses, int64_t rows, double* result, cudaStream_t stream) {
  launch(mean, 1, kEndThreads, stream, losses, rows, result);
}

void launch_start_penalty(const UpdatePointers& of, cudaStream_t stream) {
  launch(measure_chunks, grid_of(of, of.chunk_count), kThreads, stream, of);
  launch(start_shares, grid_of(of, 1), kEndThreads, stream, of);
}

void launch_update(const UpdatePointers& of, cudaStream_t stream) {
  const auto kernel = of.penalty.direction ? update_penalised : update;
  launch(kernel, grid_of(of, of.chunk_count), kThreads, stream, of);
}

void launch_end_step(const UpdatePointers& of, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream) {
  launch(end_step, grid_of(of, 1), kEndThreads, stream, of, row_losses, rows, losses);
}

}  // namespace cl_torch::fused
