#include "shifted.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace cl_torch {

ShiftedModel::ShiftedModel(Mlp& model) : model_(model), original_(model.parameters().values().clone()) {}

ShiftedModel::~ShiftedModel() { model_.parameters().values().copy_(original_); }

double ShiftedModel::loss(const at::Tensor& values, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  model_.parameters().values().copy_(values);
  return at::cross_entropy_loss(model_.forward(batch.inputs), batch.labels).item<double>();
}

double ShiftedModel::add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) {
  model_.parameters().values().copy_(values);
  model_.parameters().gradients().zero_();
  const c10::AutoGradMode grad_mode(true);
  const at::Tensor loss = at::cross_entropy_loss(model_.forward(batch.inputs), batch.labels);
  loss.backward();
  gradient.add_(model_.parameters().gradients(), scale);
  return loss.item<double>();
}

double stepped_rate(double rate, bool decays, int64_t iteration, int64_t iterations) {
  if (!decays) return rate;
  if (4 * iteration >= 3 * iterations) return rate / 100;
  return 2 * iteration >= iterations ? rate / 10 : rate;
}

}  // namespace cl_torch
