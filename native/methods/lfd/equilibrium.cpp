#include "methods/lfd/equilibrium.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "methods/lfd/memory_loss.h"
#include "optim/stepped_rate.h"

namespace cl_torch {

EquilibriumOutcome find_equilibrium_point(LossFunction& loss_function, at::Tensor parameters, const at::Tensor& anchor,
                                          const Memory& memory, const EquilibriumOptions& options,
                                          const at::Generator& generator, Observer& observer,
                                          const std::function<void(double)>& arrive) {
  EquilibriumOutcome outcome;
  const at::Tensor way = parameters - anchor;
  const Arithmetic& arithmetic = loss_function.arithmetic();
  const auto point = [&](double lambda) {
    arrive(lambda);
    return arithmetic.sum(anchor, way, lambda);
  };
  MemoryDealer dealer(memory, options.batch_size, generator);
  double lambda = options.start;
  outcome.path.push_back(lambda);
  for (int64_t iteration = 0; iteration < options.iterations; ++iteration) {
    observer.stop_if_cancelled();
    at::Tensor gradient = at::zeros_like(anchor);
    const double loss = loss_function.add_gradient(point(lambda), dealer.next(), 1, gradient);
    const double slope = std::clamp(arithmetic.dot(gradient, way).item<double>(), -options.clip, options.clip);
    lambda -= stepped_rate(options.learning_rate, options.decays, iteration, options.iterations) * slope;
    if (options.clamp) lambda = std::clamp(lambda, options.clamp->front(), options.clamp->back());
    outcome.path.push_back(lambda);
    if (observer.report_due()) observer.report(iteration + 1, options.iterations, loss);
    if (!std::isfinite(lambda)) break;
  }
  arrive(0);
  outcome.loss_old = memory_loss(loss_function, anchor, memory);
  arrive(1);
  outcome.loss_new = memory_loss(loss_function, parameters, memory);
  const at::Tensor found = point(lambda);
  outcome.loss = memory_loss(loss_function, found, memory);
  if (std::isfinite(lambda)) {
    parameters.copy_(found);
  } else {
    arrive(1);
  }
  return outcome;
}

}  // namespace cl_torch
