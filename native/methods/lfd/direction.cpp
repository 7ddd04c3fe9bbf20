#include "methods/lfd/direction.h"

#include <ATen/ATen.h>

#include <cmath>

#include "methods/lfd/memory_loss.h"
#include "methods/lfd/riemannian_sgd.h"
#include "optim/stepped_rate.h"

namespace cl_torch {
LessForgettingDirection::LessForgettingDirection(const ParameterVector& parameters, const DirectionOptions& options,
                                                 const at::Tensor& layers, const at::Generator& generator,
                                                 const Arithmetic& arithmetic)
    : sphere_(parts_of(parameters, options.per_tensor), options.radius, arithmetic),
      layers_(layers),
      direction_(at::zeros_like(parameters.values())) {
  for (at::Tensor& view : parameters.views(direction_)) arithmetic.draw_normal(view, generator);
  if (layers_.defined()) direction_.mul_(layers_);
  sphere_.retract_(direction_);
}

void LessForgettingDirection::smooth(const at::Tensor& other, double share) {
  direction_.mul_(1 - share);
  sphere_.arithmetic().add(direction_, other, share);
  sphere_.retract_(direction_);
}

DirectionOutcome LessForgettingDirection::search(LossFunction& loss_function, const at::Tensor& parameters,
                                                 const Memory& memory, const DirectionOptions& options,
                                                 const at::Generator& generator, Observer& observer) {
  DirectionOutcome outcome;
  if (memory.empty()) return outcome;
  outcome.objective_first = objective(loss_function, parameters, memory, options);
  RiemannianSgd optimizer(sphere_, options.momentum);
  MemoryDealer dealer(memory, options.batch_size, generator);
  const double share = 1 / static_cast<double>(options.ratios.size());
  for (int64_t iteration = 0; iteration < options.iterations; ++iteration) {
    observer.stop_if_cancelled();
    const Batch batch = dealer.next();
    at::Tensor gradient = at::zeros_like(direction_);
    double objective = 0;
    for (const double ratio : options.ratios) {
      const at::Tensor values = shifted(parameters, ratio);
      objective += share / ratio * loss_function.add_gradient(values, batch, share, gradient);
    }
    if (layers_.defined()) gradient.mul_(layers_);
    outcome.path.push_back(objective);
    optimizer.step(direction_, gradient,
                   stepped_rate(options.learning_rate, options.decays, iteration, options.iterations));
    if (observer.report_due()) observer.report(iteration + 1, options.iterations, objective);
    if (!std::isfinite(objective)) break;
  }
  outcome.objective_last =
      options.iterations > 0 ? objective(loss_function, parameters, memory, options) : outcome.objective_first;
  return outcome;
}

double LessForgettingDirection::objective(LossFunction& loss_function, const at::Tensor& parameters,
                                          const Memory& memory, const DirectionOptions& options) const {
  double sum = 0;
  for (const double ratio : options.ratios) {
    sum += memory_loss(loss_function, shifted(parameters, ratio), memory) / ratio;
  }
  return sum / static_cast<double>(options.ratios.size());
}

at::Tensor LessForgettingDirection::shifted(const at::Tensor& parameters, double ratio) const {
  return sphere_.arithmetic().sum(parameters, direction_, ratio);
}

}  // namespace cl_torch
