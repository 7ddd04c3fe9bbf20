#include "engine/engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "data/class_mask.h"

namespace cl_torch {

at::Tensor Engine::logits(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  return network.forward(inputs, Mode::kEvaluation);
}

void Engine::add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                            at::Tensor& importance, Observer& observer) {
  at::Tensor gradient = at::zeros_like(values);
  // Adds the square of the gradient of -log p(label | row), times the label's share.
  const auto add = [&](const Batch& example, bool expected) {
    gradient.zero_();
    const double loss = add_gradient(values, example, 1, gradient);
    const c10::NoGradGuard no_grad;
    importance.addcmul_(gradient, gradient, options.scale * (expected ? std::exp(-loss) : 1));
  };
  for (int64_t row = 0; row < batch.labels.size(0); ++row) {
    observer.stop_if_cancelled();
    const at::Tensor inputs = batch.inputs.narrow(0, row, 1);
    std::vector<ClassRange> range;
    if (!batch.classes.empty()) range = {batch.classes[static_cast<size_t>(row)]};
    if (options.fisher == Fisher::kEmpirical) {
      add({inputs, batch.labels.narrow(0, row, 1), range}, false);
      continue;
    }
    const auto [begin, end] = within(range.empty() ? ClassRange{} : range.front(), options.classes);
    for (int64_t label = begin; label < end; ++label) {
      add({inputs, at::full({1}, label, batch.labels.options()), range}, true);
    }
  }
}

}  // namespace cl_torch
