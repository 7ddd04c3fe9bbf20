// The autograd engine's importances.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

#include "data/class_mask.h"
#include "engine/autograd/engine.h"
#include "engine/autograd/shift.h"
#include "engine/mlp_importance.h"

namespace cl_torch {

void AutogradEngine::add_output_gradient(const at::Tensor& values, const Batch& batch, at::Tensor& gradient) {
  const Shift shift(network_, values);
  network_.parameters().gradients().zero_();
  const c10::AutoGradMode grad_mode(true);
  only_classes(network_.forward(batch.inputs, Mode::kEvaluation), batch.classes).square().sum().backward();
  gradient.add_(network_.parameters().gradients());
}

namespace {

// While this lives, an engine's precision is float32: importances are, whatever the training's is.
class InFloat32 {
 public:
  explicit InFloat32(Precision& precision) : precision_(precision), own_(precision) { precision_ = Precision::kFp32; }
  ~InFloat32() { precision_ = own_; }
  InFloat32(const InFloat32&) = delete;
  InFloat32& operator=(const InFloat32&) = delete;

 private:
  Precision& precision_;
  Precision own_;
};

}  // namespace

void AutogradEngine::add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                                    at::Tensor& importance, Observer& observer) {
  const auto* mlp = dynamic_cast<const Mlp*>(&network_);
  if (mlp && mlp->is_plain()) {
    cl_torch::add_importance(*mlp, values, batch, options, importance, observer);
    return;
  }
  const InFloat32 in_float32(precision_);
  at::Tensor gradient = at::zeros_like(values);
  // Adds the square of the gradient of -log p(label | row), times the label's share.
  const auto add_square = [&](const Batch& row, bool expected) {
    gradient.zero_();
    const double loss = add_gradient(values, row, 1, gradient);
    const c10::NoGradGuard no_grad;
    importance.addcmul_(gradient, gradient, options.scale * (expected ? std::exp(-loss) : 1));
  };
  for (int64_t i = 0; i < batch.labels.size(0); ++i) {
    observer.stop_if_cancelled();
    const at::Tensor inputs = batch.inputs.narrow(0, i, 1);
    std::vector<ClassRange> range;
    if (!batch.classes.empty()) range = {batch.classes[static_cast<size_t>(i)]};
    const Batch row{inputs, batch.labels.narrow(0, i, 1), range};
    if (options.kind == ImportanceKind::kOutputs) {
      gradient.zero_();
      add_output_gradient(values, row, gradient);
      const c10::NoGradGuard no_grad;
      importance.add_(gradient.abs_(), options.scale);
    } else if (options.kind == ImportanceKind::kExact) {
      const auto [begin, end] = within(range.empty() ? ClassRange{} : range.front(), options.classes);
      for (int64_t label = begin; label < end; ++label) {
        add_square({inputs, at::full({1}, label, batch.labels.options()), range}, true);
      }
    } else {
      add_square(row, false);
    }
  }
}

}  // namespace cl_torch
