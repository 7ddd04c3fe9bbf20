#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "base/parameter_vector.h"

namespace cl_torch {

// Hard attention to the task (Serrà et al., 2018): in a task, what a hidden unit gives is multiplied by its gate, the
// sigmoid of s · e. The number e, the unit's embedding, is learnt; s, the steepness, grows within each epoch until the
// gates are nearly 0 or 1. Units are those of layers that follow each other, linear ones and convolutions, whose units
// are their channels. A number for each unit is kept where the unit's bias is, in a vector laid out like the
// parameters.

// Gates as an objective has them.
struct GateTerms {
  at::Tensor embedding{};  // of the hidden units, [size]; each step changes it
  at::Tensor used{};       // from 0 to 1: how far earlier tasks hold each unit, outputs among them, [size]
  double steepness = 1;    // the largest s; an epoch's first step has its inverse
  double capacity = 0;     // weight of the share that the task's gates take of what is not held
  double rate = 0;         // step size of the embedding
};

// Throws INVALID_ARGUMENT unless the parameters are those of such layers, each a weight and a bias, two or more.
void require_unit_layers(const TensorVector& parameters);

// What each parameter is multiplied by where the gates are those of this steepness, [size]: a weight by the gate of the
// unit that it comes from. So the network computes what it would with its hidden units multiplied.
at::Tensor spread_gates(const TensorVector& parameters, const at::Tensor& embedding, double steepness);

// The gates through an epoch, in PyTorch's operations.
class UnitGates {
 public:
  // Both must outlive the object. `steps`: of the epoch.
  UnitGates(const ParameterVector& parameters, const GateTerms& terms, int64_t steps);
  ~UnitGates() { restore(); }
  UnitGates(const UnitGates&) = delete;
  UnitGates& operator=(const UnitGates&) = delete;

  // From here on the parameters are multiplied by the gates of the next step,
  void open();
  // until now, when they are as before, and their gradients, which were those of the products, become their own.
  void close();

  // The gates' part of the loss, 0-dimensional: capacity · Σ gate · (1 - used) / Σ (1 - used).
  at::Tensor loss() const;

  // After the optimiser's step, which began at `before`: of what it did to a weight, the share stays that neither the
  // unit where the weight ends nor the one where it begins leaves to the task: 1 - min(used there, used here). Then the
  // embedding takes its own step, as long as `rate_factor` times its rate.
  void step(const at::Tensor& before, double rate_factor);

 private:
  // A hidden layer's units, and the weights that begin at them, [outputs, units, weights of a pair].
  struct Layer {
    at::Tensor embedding;
    at::Tensor unused;
    at::Tensor weights;
    at::Tensor gradients;
    at::Tensor gates{};
    at::Tensor embedding_gradient{};
  };

  void restore();
  // d loss / d embedding from d loss / d gates, with the factor that lets a steep gate learn as a flat one does.
  at::Tensor compensated(const Layer& layer, const at::Tensor& by_gates) const;

  const ParameterVector& parameters_;
  const GateTerms& terms_;
  int64_t steps_;
  int64_t next_ = 0;
  double now_ = 1;  // the steepness
  std::vector<Layer> layers_;
  at::Tensor unused_sum_;
  at::Tensor movable_;  // share of a step that each parameter takes, [size]
  at::Tensor own_;      // the parameters while they are multiplied, [size]
  bool is_open_ = false;
};

}  // namespace cl_torch
