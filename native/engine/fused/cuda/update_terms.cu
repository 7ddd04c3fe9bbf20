#include "engine/fused/cuda/update_device.h"

namespace cl_torch::fused {
namespace {

// <nu, importance s> of each chunk; <nu, importance nu> goes where the values will be.
__global__ void measure_weighted_chunks(const UpdatePointers pointers) {
  __shared__ double scratch[kThreads / kWarp];
  const PenaltyPointers& penalty = pointers.penalty;
  const Chunk chunk = pointers.chunks[blockIdx.x];
  const int64_t begin = model_begin(pointers) + chunk.begin;
  double product = 0;
  double length = 0;
  for (int i = static_cast<int>(threadIdx.x); i < chunk.count; i += kThreads) {
    const double direction = penalty.direction[begin + i];
    const double weighted = direction * penalty.importance[begin + i];
    product += weighted * (static_cast<double>(pointers.values[begin + i]) - penalty.anchor[begin + i]);
    length += weighted * direction;
  }
  product = block_sum<kThreads>(product, scratch);
  length = block_sum<kThreads>(length, scratch);
  if (threadIdx.x == 0) {
    penalty.weighted_products[model_chunks(pointers) + blockIdx.x] = product;
    pointers.terms.values[model_chunks(pointers) + blockIdx.x] = length;
  }
}

// By the block's model: <nu, importance delta> / <nu, nu> of each part, behind find_shares().
__device__ void find_weighted_shares(const UpdatePointers& pointers) {
  const PenaltyPointers& penalty = pointers.penalty;
  const int64_t first = model_parts(pointers);
  const double* products = penalty.weighted_products + model_chunks(pointers);
  __syncthreads();
  for (int part = static_cast<int>(threadIdx.x / kWarp); part < penalty.parts;
       part += static_cast<int>(blockDim.x / kWarp)) {
    const int lane = static_cast<int>(threadIdx.x % kWarp);
    double sum = 0;
    for (int i = penalty.part_begins[part] + lane; i < penalty.part_begins[part + 1]; i += kWarp) sum += products[i];
    sum = warp_sum(sum);
    if (lane > 0) continue;
    const double rest = sum - penalty.shares[first + part] * penalty.weighted_lengths[first + part];
    const double length = penalty.lengths[first + part];
    penalty.weighted_shares[first + part] = static_cast<float>(length > 0 ? rest / length : 0);
  }
}

__global__ void start_weighted_shares(const UpdatePointers pointers) {
  const PenaltyPointers& penalty = pointers.penalty;
  const double* values = pointers.terms.values + model_chunks(pointers);
  for (int part = static_cast<int>(threadIdx.x); part < penalty.parts; part += static_cast<int>(blockDim.x)) {
    double length = 0;
    for (int i = penalty.part_begins[part]; i < penalty.part_begins[part + 1]; ++i) length += values[i];
    penalty.weighted_lengths[model_parts(pointers) + part] = length;
  }
  find_weighted_shares(pointers);
}

// Adds the quadratic penalties' gradients, and what they are at these four parameters of a model, to `value`.
template <typename Rule>
__device__ void add_quadratics(const UpdatePointers& pointers, int64_t element, Quad<Rule>& quad, Four& value) {
  const TermPointers& terms = pointers.terms;
  const Quadratic* list = terms.quadratics + static_cast<int64_t>(blockIdx.y) * terms.quadratic_count;
  for (int n = 0; n < terms.quadratic_count; ++n) {
    const Quadratic quadratic = list[n];
    const Four anchor = constant_four(quadratic.anchor + element);
    Four importance{{1, 1, 1, 1}};
    if (quadratic.importance) importance = constant_four(quadratic.importance + element);
    for (int i = 0; i < kFour; ++i) {
      const float delta = quad.values.at[i] - anchor.at[i];
      const float weighted = importance.at[i] * delta;
      quad.gradients.at[i] += 2 * quadratic.strength * weighted;
      value.at[i] += quadratic.strength * weighted * delta;
    }
  }
}

// The penalty on leaving a direction at four parameters, and after the step the terms of its sums.
struct DirectionQuad {
  Four direction;
  Four anchor;
  Four importance{{1, 1, 1, 1}};

  __device__ void load(const PenaltyPointers& penalty, int64_t k) {
    direction = load_four(penalty.direction + k);
    anchor = load_four(penalty.anchor + k);
    if (penalty.importance) importance = load_four(penalty.importance + k);
  }

  // `part`: of the model's.
  template <typename Rule>
  __device__ void add(const PenaltyPointers& penalty, int64_t part, Quad<Rule>& quad, Four& value) const {
    const auto alpha = static_cast<float>(penalty.alpha);
    const float share = penalty.shares[part];
    const float weighted_share = penalty.importance ? penalty.weighted_shares[part] : 0;
    for (int i = 0; i < kFour; ++i) {
      const float delta = quad.values.at[i] - anchor.at[i] - share * direction.at[i];
      const float weighted = importance.at[i] * delta;
      quad.gradients.at[i] += 2 * alpha * (weighted - weighted_share * direction.at[i]);
      value.at[i] += alpha * weighted * delta;
    }
  }

  __device__ Four products(const Four& values) const {
    Four result;
    for (int i = 0; i < kFour; ++i) result.at[i] = direction.at[i] * (values.at[i] - anchor.at[i]);
    return result;
  }

  __device__ Four weighted(Four products) const {
    for (int i = 0; i < kFour; ++i) products.at[i] *= importance.at[i];
    return products;
  }
};

// Ends an interval of the path, as methods/path_score.h has it, at four parameters that began at `start`.
__device__ void settle(const ScorePointers& score, int64_t steps, int64_t k, const Four& values, Four& path,
                       Four& squares) {
  Four curvature = load_four(score.curvature + k);
  Four sum = load_four(score.score + k);
  const Four start = load_four(score.start + k);
  const float share = (1 - score.decay) / static_cast<float>(steps);
  for (int i = 0; i < kFour; ++i) {
    const float moved = values.at[i] - start.at[i];
    curvature.at[i] = score.decay * curvature.at[i] + share * squares.at[i];
    const float expected = moved * moved * curvature.at[i] * 0.5F + score.damping;
    sum.at[i] += (path.at[i] < 0 ? 0 : path.at[i]) / expected;
    path.at[i] = 0;
    squares.at[i] = 0;
  }
  store_four(score.curvature + k, curvature);
  store_four(score.score + k, sum);
  store_four(score.start + k, values);
}

// Four parameters on their way through a step under a mask and along a path.
struct WatchedQuad {
  Four loss_gradients;  // before penalties
  Four before;
  Four mask{{1, 1, 1, 1}};

  template <typename Rule>
  __device__ void load(const TermPointers& terms, int64_t k, const Quad<Rule>& quad) {
    loss_gradients = quad.gradients;
    before = quad.values;
    if (terms.mask) mask = load_four(terms.mask + k);
  }

  template <typename Rule>
  __device__ void step(Quad<Rule>& quad, const StepFactors& factors) const {
    for (int i = 0; i < kFour; ++i) quad.gradients.at[i] = mask.at[i] == 0 ? 0 : quad.gradients.at[i];
    quad.step(factors);
    for (int i = 0; i < kFour; ++i) quad.values.at[i] = mask.at[i] == 0 ? before.at[i] : quad.values.at[i];
  }

  // `step`: of the epoch.
  template <typename Rule>
  __device__ void walk(const TermPointers& terms, int64_t step, int64_t k, const Quad<Rule>& quad) const {
    if (!terms.path) return;
    Four gradients = loss_gradients;
    if (terms.path_of_total) gradients = quad.gradients;
    for (int i = 0; i < kFour; ++i) gradients.at[i] = mask.at[i] == 0 ? 0 : gradients.at[i];
    Four path = load_four(terms.path + k);
    for (int i = 0; i < kFour; ++i) path.at[i] -= gradients.at[i] * (quad.values.at[i] - before.at[i]);
    if (const ScorePointers& score = terms.score; score.score) {
      Four squares = load_four(score.squares + k);
      for (int i = 0; i < kFour; ++i) squares.at[i] += gradients.at[i] * gradients.at[i];
      const int64_t steps = step % score.steps + 1;
      if (steps == score.steps || step + 1 == score.epoch_steps) {
        settle(score, steps, k, quad.values, path, squares);
      }
      store_four(score.squares + k, squares);
    }
    store_four(terms.path + k, path);
  }

  // What the network has of the new values.
  static __device__ void show(const UpdatePointers& pointers, int64_t k, Four values) {
    if (!pointers.terms.hiding) return;
    const Four hiding = load_four(pointers.terms.hiding + k);
    for (int i = 0; i < kFour; ++i) values.at[i] = hiding.at[i] == 0 ? 0 : values.at[i];
    store_four(pointers.terms.seen + k, values);
    if (pointers.rounded) store_four(static_cast<__nv_bfloat16*>(pointers.rounded) + k, values);
  }
};

// The terms of a chunk's sums.
struct ChunkTerms {
  alignas(16) float values[kChunk];
  alignas(16) float products[kChunk];
  alignas(16) float weighted[kChunk];
};

template <typename Rule, bool is_watched>
__device__ void update_quad(const UpdatePointers& pointers, const Chunk& chunk, int offset, const StepFactors& factors,
                            ChunkTerms& sums) {
  const int64_t k = model_begin(pointers) + chunk.begin + offset;
  Quad<Rule> quad;
  quad.load(pointers, k);
  WatchedQuad watched;
  if constexpr (is_watched) watched.load(pointers.terms, k, quad);
  Four value{};
  add_quadratics(pointers, chunk.begin + offset, quad, value);
  DirectionQuad direction;
  if (pointers.penalty.direction) {
    direction.load(pointers.penalty, k);
    direction.add(pointers.penalty, model_parts(pointers) + chunk.part, quad, value);
  }
  if constexpr (is_watched) {
    watched.step(quad, factors);
    watched.walk(pointers.terms, pointers.step[blockIdx.y], k, quad);
  } else {
    quad.step(factors);
  }
  quad.store(pointers, k);
  if constexpr (is_watched) watched.show(pointers, k, quad.values);
  store_four(sums.values + offset, value);
  if (!pointers.penalty.direction) return;
  const Four products = direction.products(quad.values);
  store_four(sums.products + offset, products);
  if (pointers.penalty.importance) store_four(sums.weighted + offset, direction.weighted(products));
}

template <typename Rule, bool is_watched>
__global__ void __launch_bounds__(kThreads, is_watched ? 2 : 3)
    update_with_terms(const UpdatePointers pointers, int32_t first_chunk) {
  __shared__ double scratch[kThreads / kWarp];
  __shared__ ChunkTerms sums;
  const Chunk chunk = pointers.chunks[first_chunk + blockIdx.x];
  const StepFactors factors = step_factors(pointers);
  for (int q = 0; q < kQuads && quad_begin(q) < chunk.count; ++q) {
    update_quad<Rule, is_watched>(pointers, chunk, quad_begin(q), factors, sums);
  }
  __syncthreads();
  const int64_t number = model_chunks(pointers) + first_chunk + blockIdx.x;
  const auto sum_up = [&](const float* terms, double* target) {
    const double sum = chunk_sum(terms, chunk.count, scratch);
    if (threadIdx.x == 0) target[number] = sum;
  };
  sum_up(sums.values, pointers.terms.values);
  if (!pointers.penalty.direction) return;
  sum_up(sums.products, pointers.penalty.products);
  if (pointers.penalty.importance) sum_up(sums.weighted, pointers.penalty.weighted_products);
}

__global__ void end_step_with_terms(const UpdatePointers pointers, const double* row_losses, int64_t rows,
                                    float* losses) {
  __shared__ double scratch[kEndThreads / kWarp];
  double loss = block_mean<kEndThreads>(row_losses + blockIdx.y * rows, rows, scratch);
  const double* values = pointers.terms.values + model_chunks(pointers);
  double penalty = 0;
  for (int i = static_cast<int>(threadIdx.x); i < pointers.chunk_count; i += kEndThreads) penalty += values[i];
  loss += block_sum<kEndThreads>(penalty, scratch);
  if (pointers.penalty.direction) find_shares(pointers);
  if (pointers.penalty.importance) find_weighted_shares(pointers);
  if (threadIdx.x == 0) {
    int32_t& step = pointers.step[blockIdx.y];
    losses[step * pointers.models.count + blockIdx.y] = static_cast<float>(loss);
    ++step;
  }
}

__global__ void hide(const UpdatePointers pointers, int64_t count) {
  for (int64_t k = global_thread(); k < count; k += global_threads()) {
    pointers.terms.seen[k] = pointers.terms.hiding[k] == 0 ? 0 : pointers.values[k];
  }
}

}  // namespace

void launch_start_weighted_penalty(const UpdatePointers& pointers, cudaStream_t stream) {
  const dim3 blocks = model_grid(static_cast<unsigned>(pointers.chunk_count), pointers.models.count);
  launch(measure_weighted_chunks, blocks, kThreads, stream, pointers);
  launch(start_weighted_shares, model_grid(1, pointers.models.count), kEndThreads, stream, pointers);
}

void launch_update_with_terms(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream) {
  const TermPointers& terms = pointers.terms;
  const bool is_watched = terms.mask || terms.hiding || terms.path;
  with_rule(pointers.rule, [&](auto type) {
    using Rule = decltype(type);
    const auto kernel = is_watched ? update_with_terms<Rule, true> : update_with_terms<Rule, false>;
    const dim3 blocks = model_grid(static_cast<unsigned>(chunks.end - chunks.begin), pointers.models.count);
    launch(kernel, blocks, kThreads, stream, pointers, chunks.begin);
  });
}

void launch_end_step_with_terms(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                                cudaStream_t stream) {
  const dim3 blocks = model_grid(1, pointers.models.count);
  launch(end_step_with_terms, blocks, kEndThreads, stream, pointers, row_losses, rows, losses);
}

void launch_hide(const UpdatePointers& pointers, cudaStream_t stream) {
  const int64_t count = pointers.models.count * pointers.models.stride;
  launch(hide, striding_blocks(count, kThreads), kThreads, stream, pointers, count);
}

}  // namespace cl_torch::fused
