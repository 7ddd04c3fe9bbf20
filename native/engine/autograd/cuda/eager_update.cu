#include "engine/autograd/cuda/eager_update.h"

#include "engine/fused/cuda/device.h"

// Every operation is named with its rounding, so that the compiler makes no other of two of them. LibTorch's kernels
// round a product and the sum that it goes into once (__fmaf_rn) where they have both in one expression.
namespace cl_torch {
namespace {

using fused::blocks_for;
using fused::global_thread;
using fused::launch;

constexpr int kThreads = 256;

// at::lerp
__device__ float weighted(float start, float end, float weight) {
  const float way = __fsub_rn(end, start);
  return fabsf(weight) < 0.5F ? __fmaf_rn(weight, way, start) : __fmaf_rn(-way, __fsub_rn(1, weight), end);
}

__device__ float with_weight_decay(float gradient, float value, const StepFactors& factors) {
  return factors.weight_decay != 0 ? __fmaf_rn(factors.weight_decay, value, gradient) : gradient;
}

__device__ float adam_step(float value, float gradient, float& first, float& second, const StepFactors& factors) {
  first = weighted(first, gradient, factors.first_share);
  second = __fmaf_rn(factors.second_share, __fmul_rn(gradient, gradient), __fmul_rn(second, factors.second_decay));
  const float denominator = __fadd_rn(__fdiv_rn(__fsqrt_rn(second), factors.root_correction), factors.epsilon);
  return __fmaf_rn(-factors.step_size, __fdiv_rn(first, denominator), value);
}

// The first step's momentum is the gradient alone: it adds to zeros. A gradient is never -0, which 0 + -0 is not,
// because it has been added to a zero itself.
__device__ float momentum_step(float value, float gradient, float& momentum, const StepFactors& factors) {
  momentum = __fadd_rn(__fmul_rn(momentum, factors.momentum), gradient);
  const float way = factors.gradient_share != 0 ? __fmaf_rn(factors.momentum, momentum, gradient) : momentum;
  return __fmaf_rn(-factors.step_size, way, value);
}

template <UpdateRule rule>
__global__ void update_eagerly(const EagerUpdate update) {
  const int64_t k = global_thread();
  if (k >= update.size) return;
  const StepFactors factors = update.factors[*update.step];
  const float value = update.values[k];
  const float gradient = update.gradients[k];
  if constexpr (rule == UpdateRule::kAdamW) {
    update.values[k] = adam_step(__fmul_rn(value, factors.decay), gradient, update.first[k], update.second[k], factors);
  } else if constexpr (rule == UpdateRule::kAdam) {
    update.values[k] =
        adam_step(value, with_weight_decay(gradient, value, factors), update.first[k], update.second[k], factors);
  } else if constexpr (rule == UpdateRule::kMomentum) {
    update.values[k] = momentum_step(value, with_weight_decay(gradient, value, factors), update.first[k], factors);
  } else {
    update.values[k] = __fmaf_rn(-factors.step_size, with_weight_decay(gradient, value, factors), value);
  }
}

__global__ void keep_loss(const float* loss, float* losses, int32_t* step) {
  losses[*step] = *loss;
  ++*step;
}

auto kernel_of(UpdateRule rule) {
  switch (rule) {
    case UpdateRule::kAdam:
      return update_eagerly<UpdateRule::kAdam>;
    case UpdateRule::kSgd:
      return update_eagerly<UpdateRule::kSgd>;
    case UpdateRule::kMomentum:
      return update_eagerly<UpdateRule::kMomentum>;
    case UpdateRule::kAdamW:
      break;
  }
  return update_eagerly<UpdateRule::kAdamW>;
}

}  // namespace

void launch_eager_update(const EagerUpdate& update, cudaStream_t stream) {
  launch(kernel_of(update.rule), blocks_for(update.size, kThreads), kThreads, stream, update);
}

void launch_keep_loss(const float* loss, float* losses, int32_t* step, cudaStream_t stream) {
  launch(keep_loss, 1, 1, stream, loss, losses, step);
}

}  // namespace cl_torch
