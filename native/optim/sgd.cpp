#include "optim/sgd.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {
namespace {

constexpr size_t kMomentum = 0;

std::vector<const char*> vector_names(const OptimizerOptions& options) {
  if (options.momentum == 0) return {};
  return {"momentum"};
}

}  // namespace

Sgd::Sgd(const ParameterVector& parameters, const OptimizerOptions& options)
    : Optimizer(parameters, options, vector_names(options)) {}

StepFactors Sgd::advance() {
  count_step();
  StepFactors factors{};
  factors.step_size = static_cast<float>(learning_rate());
  factors.weight_decay = static_cast<float>(options().weight_decay);
  factors.momentum = static_cast<float>(options().momentum);
  factors.gradient_share = options().nesterov ? 1 : 0;
  factors.momentum_share = options().nesterov ? factors.momentum : 1;
  return factors;
}

void Sgd::update() {
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor>& values = parameters().parameters();
  std::vector<at::Tensor> gradients = parameters().parameter_gradients();
  const bool is_first = count_step() == 1;
  if (options().weight_decay != 0) gradients = at::_foreach_add(gradients, values, options().weight_decay);
  if (has_momentum()) gradients = with_momentum(gradients, is_first);
  at::_foreach_add_(values, gradients, -learning_rate());
}

std::vector<at::Tensor> Sgd::with_momentum(const std::vector<at::Tensor>& gradients, bool is_first) {
  const std::vector<at::Tensor>& momenta = views(kMomentum);
  if (is_first) {
    at::_foreach_copy_(momenta, gradients);
  } else {
    at::_foreach_mul_(momenta, options().momentum);
    at::_foreach_add_(momenta, gradients, 1);
  }
  return options().nesterov ? at::_foreach_add(gradients, momenta, options().momentum) : momenta;
}

}  // namespace cl_torch
