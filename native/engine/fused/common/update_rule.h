#pragma once

// What a step does to one parameter, a rule for each optimiser (optim/step_factors.h has the formulas): plain
// functions, which the loops on the CPU and the CUDA kernels share.

#include <cmath>

#include "engine/fused/common/host_device.h"
#include "engine/fused/common/remains.h"
#include "optim/step_factors.h"

namespace cl_torch::fused {

// The optimiser's vectors at one parameter, of which a rule uses the first kVectors.
struct Moments {
  float first = 0;
  float second = 0;
};

// Leaves the new moments, and has the direction of a step of Adam or AdamW.
CL_TORCH_HOST_DEVICE inline float adam_direction(float gradient, Moments& moments, const StepFactors& factors) {
  moments.first = without_remains(moments.first + factors.first_share * (gradient - moments.first));
  moments.second = factors.second_decay * moments.second + factors.second_share * gradient * gradient;
  return factors.step_size * moments.first / (sqrtf(moments.second) * factors.root_factor + factors.epsilon);
}

// Each rule's step: the new value of a parameter with this gradient.
struct AdamWRule {
  static constexpr int kVectors = 2;
  CL_TORCH_HOST_DEVICE static float step(float value, float gradient, Moments& moments, const StepFactors& factors) {
    return factors.decay * value - adam_direction(gradient, moments, factors);
  }
};

struct AdamRule {
  static constexpr int kVectors = 2;
  CL_TORCH_HOST_DEVICE static float step(float value, float gradient, Moments& moments, const StepFactors& factors) {
    return value - adam_direction(gradient + factors.weight_decay * value, moments, factors);
  }
};

struct SgdRule {
  static constexpr int kVectors = 0;
  CL_TORCH_HOST_DEVICE static float step(float value, float gradient, Moments&, const StepFactors& factors) {
    return value - factors.step_size * (gradient + factors.weight_decay * value);
  }
};

struct MomentumRule {
  static constexpr int kVectors = 1;
  CL_TORCH_HOST_DEVICE static float step(float value, float gradient, Moments& moments, const StepFactors& factors) {
    const float decayed = gradient + factors.weight_decay * value;
    moments.first = without_remains(factors.momentum * moments.first + decayed);
    return value - factors.step_size * (factors.gradient_share * decayed + factors.momentum_share * moments.first);
  }
};

// What `call` makes of the rule's type: call(AdamWRule()) and so on.
template <typename Call>
auto with_rule(UpdateRule rule, const Call& call) {
  switch (rule) {
    case UpdateRule::kAdam:
      return call(AdamRule());
    case UpdateRule::kSgd:
      return call(SgdRule());
    case UpdateRule::kMomentum:
      return call(MomentumRule());
    case UpdateRule::kAdamW:
      break;
  }
  return call(AdamWRule());
}

}  // namespace cl_torch::fused
