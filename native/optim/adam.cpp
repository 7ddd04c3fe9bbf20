#include "optim/adam.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <vector>

namespace cl_torch {
namespace {

constexpr size_t kFirst = 0;
constexpr size_t kSecond = 1;

}  // namespace

Adam::Adam(const ParameterVector& parameters, const OptimizerOptions& options)
    : Optimizer(parameters, options, {"firstMoment", "secondMoment"}) {}

Adam::Update Adam::next_update() {
  const auto steps = static_cast<double>(count_step());
  const double bias_correction1 = 1 - std::pow(options().beta1, steps);
  const double bias_correction2 = 1 - std::pow(options().beta2, steps);
  return {learning_rate() / bias_correction1, std::sqrt(bias_correction2)};
}

StepFactors Adam::advance() {
  const auto [step_size, root_correction] = next_update();
  StepFactors factors{};
  factors.step_size = static_cast<float>(step_size);
  factors.decay = static_cast<float>(decay());
  factors.weight_decay = static_cast<float>(options().weight_decay);
  factors.first_share = static_cast<float>(1 - options().beta1);
  factors.second_decay = static_cast<float>(options().beta2);
  factors.second_share = static_cast<float>(1 - options().beta2);
  factors.root_factor = static_cast<float>(1 / root_correction);
  factors.root_correction = static_cast<float>(root_correction);
  factors.epsilon = static_cast<float>(options().epsilon);
  return factors;
}

void Adam::update() {
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor>& values = parameters().parameters();
  std::vector<at::Tensor> gradients = parameters().parameter_gradients();
  const auto [step_size, root_correction] = next_update();
  const double weight_decay = options().weight_decay;
  if (weight_decay != 0) {
    if (is_decoupled()) {
      at::_foreach_mul_(values, decay());
    } else {
      gradients = at::_foreach_add(gradients, values, weight_decay);
    }
  }
  at::_foreach_lerp_(views(kFirst), gradients, 1 - options().beta1);
  at::_foreach_mul_(views(kSecond), options().beta2);
  at::_foreach_addcmul_(views(kSecond), gradients, gradients, 1 - options().beta2);
  auto denominators = at::_foreach_sqrt(views(kSecond));
  // By lists of factors, as PyTorch: on a GPU a list divides, where one number would multiply by its reciprocal.
  at::_foreach_div_(denominators, std::vector<at::Scalar>(values.size(), root_correction));
  at::_foreach_add_(denominators, options().epsilon);
  at::_foreach_addcdiv_(values, views(kFirst), denominators, std::vector<at::Scalar>(values.size(), -step_size));
}

}  // namespace cl_torch
