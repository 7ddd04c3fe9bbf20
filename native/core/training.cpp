#include "training.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "error.h"

namespace cl_torch {
namespace {

void stop_if_cancelled(const Observer& observer) {
  if (observer.cancelled()) throw Error(code::kAborted, "The call was cancelled.");
}

}  // namespace

std::vector<float> train_epoch(Mlp& model, AdamW& optimizer, TaskView& view, const at::Tensor& order,
                               int64_t batch_size, Observer& observer) {
  const c10::AutoGradMode grad_mode(true);
  const int64_t rows = order.size(0);
  const int64_t steps = (rows + batch_size - 1) / batch_size;
  const at::Tensor device_order = order.to(view.dataset().images().device());
  // Losses stay on the device until the epoch ends: reading one back would wait for the step.
  const at::Tensor losses = at::empty({steps}, device_order.options().dtype(at::kFloat));
  for (int64_t step = 0; step < steps; ++step) {
    stop_if_cancelled(observer);
    const int64_t begin = step * batch_size;
    const auto [inputs, labels] = view.batch(device_order.slice(0, begin, std::min(begin + batch_size, rows)));
    model.parameters().gradients().zero_();
    const at::Tensor loss = at::cross_entropy_loss(model.forward(inputs), labels);
    loss.backward();
    optimizer.step();
    losses[step].copy_(loss.detach());
    if (observer.report_due()) observer.report(step + 1, steps, losses[step].item<double>());
  }
  const at::Tensor host_losses = losses.cpu();
  const float* data = host_losses.const_data_ptr<float>();
  return {data, data + steps};
}

int64_t count_correct(const Mlp& model, TaskView& view, int64_t batch_size, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const int64_t rows = view.rows();
  const auto options = view.dataset().labels().options();
  const at::Tensor all_rows = at::arange(rows, options);
  at::Tensor correct = at::zeros({}, options);
  for (int64_t begin = 0; begin < rows; begin += batch_size) {
    stop_if_cancelled(observer);
    const auto [inputs, labels] = view.batch(all_rows.slice(0, begin, std::min(begin + batch_size, rows)));
    correct += model.forward(inputs).argmax(1).eq(labels).sum();
  }
  return correct.item<int64_t>();
}

}  // namespace cl_torch
