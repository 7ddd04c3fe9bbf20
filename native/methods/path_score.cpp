#include "methods/path_score.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

PathIntervals::PathIntervals(const at::Tensor& values, const at::Tensor& path, const PathScore& score)
    : values_(values), path_(path), score_(score), start_(values.clone()), squares_(at::zeros_like(values)) {}

void PathIntervals::end_step() {
  if (++steps_ == score_.steps) settle();
}

// Each operation by itself: a product that is added with one rounding would make the bits depend on the processor.
void PathIntervals::settle() {
  if (steps_ == 0) return;
  const c10::NoGradGuard no_grad;
  squares_.mul_((1 - score_.decay) / static_cast<double>(steps_));
  score_.curvature.mul_(score_.decay).add_(squares_);
  at::Tensor expected = values_ - start_;
  expected.mul_(expected).mul_(score_.curvature).mul_(0.5).add_(score_.damping);
  score_.score.add_(path_.clamp_min_(0).div_(expected));
  path_.zero_();
  squares_.zero_();
  start_.copy_(values_);
  steps_ = 0;
}

}  // namespace cl_torch
