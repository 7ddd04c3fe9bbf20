#include "methods/gradient_rule.h"

#include <ATen/ATen.h>

namespace cl_torch {

void keep_from_opposing(at::Tensor& gradient, const at::Tensor& reference, const Arithmetic& arithmetic) {
  if (arithmetic.dot(reference, gradient).item<double>() < 0) arithmetic.project(reference, gradient, 0);
}

}  // namespace cl_torch
