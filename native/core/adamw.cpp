#include "adamw.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

namespace cl_torch {

AdamW::AdamW(const ParameterVector& parameters, const AdamWOptions& options)
    : parameters_(parameters),
      options_(options),
      first_moment_(at::zeros_like(parameters.values())),
      second_moment_(at::zeros_like(parameters.values())),
      first_moments_(parameters.views(first_moment_)),
      second_moments_(parameters.views(second_moment_)) {}

void AdamW::step() {
  const c10::NoGradGuard no_grad;
  const auto& [learning_rate, beta1, beta2, epsilon, weight_decay] = options_;
  const auto& parameters = parameters_.parameters();
  const auto& gradients = parameters_.parameter_gradients();
  ++steps_;
  const double bias_correction1 = 1 - std::pow(beta1, static_cast<double>(steps_));
  const double bias_correction2 = 1 - std::pow(beta2, static_cast<double>(steps_));
  const double step_size = learning_rate / bias_correction1;

  at::_foreach_mul_(parameters, 1 - learning_rate * weight_decay);
  at::_foreach_lerp_(first_moments_, gradients, 1 - beta1);
  at::_foreach_mul_(second_moments_, beta2);
  at::_foreach_addcmul_(second_moments_, gradients, gradients, 1 - beta2);
  auto denominators = at::_foreach_sqrt(second_moments_);
  at::_foreach_div_(denominators, std::sqrt(bias_correction2));
  at::_foreach_add_(denominators, epsilon);
  at::_foreach_addcdiv_(parameters, first_moments_, denominators, -step_size);
}

}  // namespace cl_torch
