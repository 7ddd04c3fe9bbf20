#include "methods/hidden_parameters.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

HiddenParameters::HiddenParameters(const at::Tensor& values, const at::Tensor& mask) : values_(values), mask_(mask) {
  const c10::NoGradGuard no_grad;
  if (mask_.defined()) hidden_ = values_ * (1 - mask_);
}

void HiddenParameters::hide() {
  if (!mask_.defined() || is_hiding_) return;
  const c10::NoGradGuard no_grad;
  values_.mul_(mask_);
  is_hiding_ = true;
}

void HiddenParameters::show() {
  if (!is_hiding_) return;
  const c10::NoGradGuard no_grad;
  values_.add_(hidden_);
  is_hiding_ = false;
}

}  // namespace cl_torch
