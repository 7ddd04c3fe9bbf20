#pragma once

#include "dataset.h"
#include "mlp.h"

namespace cl_torch {

// Lets a model stand at other parameters for a while: loss and gradient there need no second model. The parameters
// come back when the object goes.
class ShiftedModel {
 public:
  explicit ShiftedModel(Mlp& model);
  ~ShiftedModel();
  ShiftedModel(const ShiftedModel&) = delete;
  ShiftedModel& operator=(const ShiftedModel&) = delete;

  const at::Tensor& original() const { return original_; }

  // Mean cross-entropy of the batch at `values`.
  double loss(const at::Tensor& values, const Batch& batch);

  // The same; its gradient is added to `gradient`, scaled.
  double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient);

 private:
  Mlp& model_;
  at::Tensor original_;
};

// A step size that falls to a tenth at half and to a hundredth at three quarters of the iterations.
double stepped_rate(double rate, bool decays, int64_t iteration, int64_t iterations);

}  // namespace cl_torch
