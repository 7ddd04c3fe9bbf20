#include "training.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace cl_torch {
namespace {

// Leaves the step's gradient in the parameters; returns the loss that was minimised.
at::Tensor backward(Mlp& model, const Batch& batch, const OffDirectionPenalty* penalty) {
  model.parameters().gradients().zero_();
  const at::Tensor loss = at::cross_entropy_loss(model.forward(batch.inputs), batch.labels);
  if (penalty && penalty->by_autograd()) {
    const at::Tensor total = loss + penalty->alpha() * penalty->graph();
    total.backward();
    return total.detach();
  }
  loss.backward();
  return penalty ? loss.detach() + penalty->add_gradient() : loss.detach();
}

Batch joined(const Batch& task, const Batch& memory) {
  return {at::cat({task.inputs, memory.inputs}), at::cat({task.labels, memory.labels})};
}

}  // namespace

std::vector<float> train_epoch(const TrainingParts& parts, TaskView& view, const at::Tensor& order, int64_t batch_size,
                               Observer& observer) {
  const c10::AutoGradMode grad_mode(true);
  const int64_t rows = order.size(0);
  const int64_t steps = (rows + batch_size - 1) / batch_size;
  const at::Tensor device_order = order.to(view.dataset().images().device());
  // Losses stay on the device until the epoch ends: reading one back would wait for the step.
  const at::Tensor losses = at::empty({steps}, device_order.options().dtype(at::kFloat));
  for (int64_t step = 0; step < steps; ++step) {
    observer.stop_if_cancelled();
    const int64_t begin = step * batch_size;
    const Batch task = view.batch(device_order.slice(0, begin, std::min(begin + batch_size, rows)));
    const Batch batch = parts.rehearsal ? joined(task, parts.rehearsal->next()) : task;
    losses[step].copy_(backward(parts.model, batch, parts.penalty));
    parts.optimizer.step();
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
    observer.stop_if_cancelled();
    const auto [inputs, labels] = view.batch(all_rows.slice(0, begin, std::min(begin + batch_size, rows)));
    correct += model.forward(inputs).argmax(1).eq(labels).sum();
  }
  return correct.item<int64_t>();
}

}  // namespace cl_torch
