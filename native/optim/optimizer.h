#pragma once

#include <memory>
#include <vector>

#include "base/parameter_vector.h"
#include "optim/optimizer_options.h"
#include "optim/step_factors.h"

namespace cl_torch {

// How a step changes the parameters by their gradients. An engine either leaves that to step(), which does what
// PyTorch's optimiser of the same name does, operation for operation; or it asks for the factors of the step and does
// it by itself.
class Optimizer {
 public:
  // A vector of the optimiser's own, [size], laid out like the parameters.
  struct Vector {
    const char* name;
    at::Tensor values;
  };

  virtual ~Optimizer() = default;

  // Updates the parameters with their gradients, which are clipped before, where the options say so.
  void step();
  // Counts a step that the caller does by `rule`, and has its factors. Not for an optimiser that clips.
  virtual StepFactors advance() = 0;
  virtual UpdateRule rule() const = 0;

  // Sets the learning rate for the steps of epoch `epoch` (from 0) of a task of `epochs`, as the schedule has it.
  void begin_epoch(int64_t epoch, int64_t epochs);

  double learning_rate() const { return learning_rate_; }

  const OptimizerOptions& options() const { return options_; }
  // Whether a step's gradient has a largest norm.
  bool clips() const { return options_.clip_gradient != 0; }
  int64_t steps() const { return steps_; }
  const std::vector<Vector>& vectors() const { return vectors_; }
  // Where a vector's elements are; null where there are fewer vectors.
  float* elements(size_t vector) const;
  // Goes on after `steps` steps; the vectors are the caller's to fill.
  void resume(int64_t steps) { steps_ = steps; }

 protected:
  Optimizer(const ParameterVector& parameters, const OptimizerOptions& options,
            const std::vector<const char*>& vector_names);

  // Updates the parameters with their gradients as they are.
  virtual void update() = 0;

  // A vector as tensors of the parameters' shapes.
  const std::vector<at::Tensor>& views(size_t vector) const { return views_[vector]; }
  const ParameterVector& parameters() const { return parameters_; }
  int64_t count_step() { return ++steps_; }

 private:
  const ParameterVector& parameters_;
  OptimizerOptions options_;
  double learning_rate_;
  std::vector<Vector> vectors_;
  std::vector<std::vector<at::Tensor>> views_;
  int64_t steps_ = 0;
};

// A new optimiser: vectors of zeros, step 0. `parameters` must outlive it.
std::unique_ptr<Optimizer> make_optimizer(const ParameterVector& parameters, const OptimizerOptions& options);

// Copies what an optimiser has learnt, its vectors and its count of steps, into `target`, a new one of the same kind.
// The tensors of its parameters may have more rows than those of `parameters`, which are `source`'s; there the vectors
// stay zero. Does nothing where the two have different vectors.
void carry_over(const ParameterVector& parameters, const Optimizer& source, const ParameterVector& grown,
                Optimizer& target);

}  // namespace cl_torch
