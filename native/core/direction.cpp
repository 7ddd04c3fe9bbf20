#include "direction.h"

#include <ATen/ATen.h>

#include "memory_loss.h"
#include "riemannian_sgd.h"
#include "shifted.h"

namespace cl_torch {
namespace {

std::vector<Range> parts_of(const ParameterVector& parameters, bool per_tensor) {
  if (!per_tensor) return {{0, parameters.values().size(0)}};
  std::vector<Range> parts;
  for (const Segment& segment : parameters.segments()) parts.push_back({segment.offset, segment.count});
  return parts;
}

}  // namespace

LessForgettingDirection::LessForgettingDirection(const ParameterVector& parameters, const DirectionOptions& options,
                                                 const at::Generator& generator)
    : sphere_(parts_of(parameters, options.per_tensor), options.radius),
      direction_(at::zeros_like(parameters.values())) {
  for (at::Tensor& view : parameters.views(direction_)) view.normal_(0, 1, generator);
  sphere_.retract_(direction_);
}

void LessForgettingDirection::smooth(const at::Tensor& other, double share) {
  direction_.mul_(1 - share).add_(other, share);
  sphere_.retract_(direction_);
}

DirectionOutcome LessForgettingDirection::search(Mlp& model, Memory& memory, const DirectionOptions& options,
                                                 const at::Generator& generator, Observer& observer) {
  DirectionOutcome outcome;
  if (memory.empty()) return outcome;
  outcome.objective_first = objective(model, memory, options);
  {
    ShiftedModel shifted(model);
    RiemannianSgd optimizer(sphere_, options.momentum);
    MemoryDealer dealer(memory, options.batch_size, generator);
    const double share = 1 / static_cast<double>(options.ratios.size());
    for (int64_t iteration = 0; iteration < options.iterations; ++iteration) {
      observer.stop_if_cancelled();
      const Batch batch = dealer.next();
      at::Tensor gradient = at::zeros_like(direction_);
      double objective = 0;
      for (const double ratio : options.ratios) {
        const at::Tensor values = at::add(shifted.original(), direction_, ratio);
        objective += share / ratio * shifted.add_gradient(values, batch, share, gradient);
      }
      optimizer.step(direction_, gradient,
                     stepped_rate(options.learning_rate, options.decays, iteration, options.iterations));
      if (observer.report_due()) observer.report(iteration + 1, options.iterations, objective);
    }
  }
  outcome.objective_last = options.iterations > 0 ? objective(model, memory, options) : outcome.objective_first;
  return outcome;
}

double LessForgettingDirection::objective(Mlp& model, Memory& memory, const DirectionOptions& options) const {
  ShiftedModel shifted(model);
  double sum = 0;
  for (const double ratio : options.ratios) {
    sum += memory_loss(shifted, at::add(shifted.original(), direction_, ratio), memory) / ratio;
  }
  return sum / static_cast<double>(options.ratios.size());
}

}  // namespace cl_torch
