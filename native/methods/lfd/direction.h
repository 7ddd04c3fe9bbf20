#pragma once

#include <optional>

#include "base/observer.h"
#include "data/memory.h"
#include "methods/lfd/options.h"
#include "methods/loss_function.h"
#include "methods/sphere.h"

namespace cl_torch {

// The less-forgetting direction (Wen et al., 2024): a point nu of a sphere around w, the parameters now, along which
// the loss on the memory rises least. Found by Riemannian SGD on
//   g(nu) = mean over r of L_M(w + r nu) / r,   whose Euclidean gradient is   mean over r of grad L_M(w + r nu).
class LessForgettingDirection {
 public:
  // A random direction: normal draws, parameter by parameter, brought onto the sphere. `layers`: 0 or 1 for each
  // element, [size]; where it is 0, the direction has nothing. Undefined: 1 everywhere.
  LessForgettingDirection(const ParameterVector& parameters, const DirectionOptions& options, const at::Tensor& layers,
                          const at::Generator& generator, const Arithmetic& arithmetic);

  const Sphere& sphere() const { return sphere_; }
  const at::Tensor& value() const { return direction_; }  // nu: [size]
  void set(const at::Tensor& value) { direction_.copy_(value); }

  // Moves nu towards another direction on the same sphere: (1 - share) nu + share other, retracted.
  void smooth(const at::Tensor& other, double share);

  // Minimises g around `parameters`, w, by options.iterations steps; each uses one batch of the memory for every r.
  DirectionOutcome search(LossFunction& loss_function, const at::Tensor& parameters, const Memory& memory,
                          const DirectionOptions& options, const at::Generator& generator, Observer& observer);

  // g(nu) on the whole memory.
  double objective(LossFunction& loss_function, const at::Tensor& parameters, const Memory& memory,
                   const DirectionOptions& options) const;

 private:
  // w + r nu
  at::Tensor shifted(const at::Tensor& parameters, double ratio) const;

  Sphere sphere_;
  at::Tensor layers_;
  at::Tensor direction_;
};

}  // namespace cl_torch
