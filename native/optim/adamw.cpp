#include "optim/adamw.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

namespace cl_torch {

AdamWFactors AdamW::Update::rounded() const {
  return {static_cast<float>(decay),        static_cast<float>(first_share),
          static_cast<float>(second_decay), static_cast<float>(1 - second_decay),
          static_cast<float>(step_size),    static_cast<float>(1 / root_correction),
          static_cast<float>(epsilon)};
}

AdamW::AdamW(const ParameterVector& parameters, const AdamWOptions& options)
    : parameters_(parameters),
      options_(options),
      first_moment_(at::zeros_like(parameters.values())),
      second_moment_(at::zeros_like(parameters.values())),
      first_moments_(parameters.views(first_moment_)),
      second_moments_(parameters.views(second_moment_)) {}

void AdamW::resume(int64_t steps, const at::Tensor& first_moment, const at::Tensor& second_moment) {
  first_moment_.copy_(first_moment);
  second_moment_.copy_(second_moment);
  steps_ = steps;
}

AdamW::Update AdamW::advance() {
  ++steps_;
  const double bias_correction1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_));
  const double bias_correction2 = 1 - std::pow(options_.beta2, static_cast<double>(steps_));
  return {.decay = 1 - options_.learning_rate * options_.weight_decay,
          .first_share = 1 - options_.beta1,
          .second_decay = options_.beta2,
          .step_size = options_.learning_rate / bias_correction1,
          .root_correction = std::sqrt(bias_correction2),
          .epsilon = options_.epsilon};
}

void AdamW::step() {
  const c10::NoGradGuard no_grad;
  const auto& parameters = parameters_.parameters();
  const auto& gradients = parameters_.parameter_gradients();
  const Update update = advance();
  at::_foreach_mul_(parameters, update.decay);
  at::_foreach_lerp_(first_moments_, gradients, update.first_share);
  at::_foreach_mul_(second_moments_, update.second_decay);
  at::_foreach_addcmul_(second_moments_, gradients, gradients, 1 - update.second_decay);
  auto denominators = at::_foreach_sqrt(second_moments_);
  at::_foreach_div_(denominators, update.root_correction);
  at::_foreach_add_(denominators, update.epsilon);
  at::_foreach_addcdiv_(parameters, first_moments_, denominators, -update.step_size);
}

}  // namespace cl_torch
