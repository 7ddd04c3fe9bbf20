#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace cl_torch {

// A path that is judged interval by interval (Chaudhry et al., 2018): vectors laid out like the parameters, [size]. At
// the end of every `steps` steps, and of an epoch,
//
//   curvature <- decay curvature + (1 - decay) (mean of the squares of the interval's gradients)
//   score <- score + max(path, 0) / (½ curvature moved² + damping)
//   path <- 0,
//
// `moved` being how far a parameter has come in the interval: how much the loss has fallen by it, beside what the
// quadratic of the curvature has it fall.
struct PathScore {
  at::Tensor score;
  at::Tensor curvature;
  int64_t steps = 1;
  double decay = 0;
  double damping = 1;
};

// An epoch's intervals.
class PathIntervals {
 public:
  // `values`: the parameters. All must outlive the object.
  PathIntervals(const at::Tensor& values, const at::Tensor& path, const PathScore& score);

  // What a step adds the squares of its gradient to, [size].
  at::Tensor& squares() { return squares_; }
  // A step is done.
  void end_step();
  // So is the epoch.
  void end_epoch() { settle(); }

 private:
  void settle();

  at::Tensor values_;
  at::Tensor path_;
  PathScore score_;
  at::Tensor start_;
  at::Tensor squares_;
  int64_t steps_ = 0;
};

}  // namespace cl_torch
