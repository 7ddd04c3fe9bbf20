#include "optim/optimizer.h"

#include <ATen/ops/zeros_like.h>

#include "optim/adam.h"
#include "optim/clip_gradient.h"
#include "optim/sgd.h"

namespace cl_torch {

Optimizer::Optimizer(const ParameterVector& parameters, const OptimizerOptions& options,
                     const std::vector<const char*>& vector_names)
    : parameters_(parameters), options_(options), learning_rate_(options.learning_rate) {
  for (const char* name : vector_names) {
    vectors_.push_back({name, at::zeros_like(parameters.values())});
    views_.push_back(parameters.views(vectors_.back().values));
  }
}

void Optimizer::step() {
  if (clips()) clip_gradient(parameters_.parameter_gradients(), options_.clip_gradient);
  update();
}

void Optimizer::begin_epoch(int64_t epoch, int64_t epochs) {
  learning_rate_ = scheduled_rate(options_.schedule, options_.learning_rate, epoch, epochs);
}

float* Optimizer::elements(size_t vector) const {
  return vector < vectors_.size() ? vectors_[vector].values.mutable_data_ptr<float>() : nullptr;
}

std::unique_ptr<Optimizer> make_optimizer(const ParameterVector& parameters, const OptimizerOptions& options) {
  if (options.kind == OptimizerKind::kSgd) return std::make_unique<Sgd>(parameters, options);
  return std::make_unique<Adam>(parameters, options);
}

void carry_over(const ParameterVector& parameters, const Optimizer& source, const ParameterVector& grown,
                Optimizer& target) {
  if (source.rule() != target.rule()) return;
  for (size_t i = 0; i < target.vectors().size(); ++i) {
    carry_over(parameters, source.vectors()[i].values, grown, target.vectors()[i].values);
  }
  target.resume(source.steps());
}

}  // namespace cl_torch
