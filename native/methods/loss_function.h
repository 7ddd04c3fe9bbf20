#pragma once

#include <ATen/core/Tensor.h>

#include "data/dataset.h"
#include "methods/arithmetic.h"

namespace cl_torch {

// A network's mean cross-entropy as a function of its parameters. A method's search knows no more than this of the
// engine that computes it.
class LossFunction {
 public:
  virtual ~LossFunction() = default;

  // Mean cross-entropy of the batch with the parameters `values`, [size]. The model's own parameters stay.
  virtual double loss(const at::Tensor& values, const Batch& batch) = 0;

  // The same; its gradient is added to `gradient`, scaled.
  virtual double add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) = 0;

  // Whether BatchNorm uses the statistics of the batch from now on, or the running ones, as it does at first.
  virtual void use_batch_statistics(bool) {}

  // Of the same kind as what computes the loss.
  virtual const Arithmetic& arithmetic() const { return Arithmetic::libtorch(); }
};

}  // namespace cl_torch
