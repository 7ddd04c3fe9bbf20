#include "engine/interference.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "data/class_mask.h"

namespace cl_torch {

Examples Interference::retrieve(const EpochPlan& plan, size_t sampler, int64_t step, const MemoryDraw& draw,
                                const TrialStep& trial) {
  const Examples candidates = plan.drawn(sampler, step);
  if (candidates.count() <= draw.examples) return candidates;
  const std::vector<int64_t> indices = most_interfered(plan.step(step), candidates, draw.examples, trial);
  chosen_.resize(std::max(chosen_.size(), sampler + 1));
  chosen_[sampler].emplace(candidates, indices);
  return chosen_[sampler]->all();
}

std::vector<double> Interference::losses(const Examples& examples) {
  const auto [inputs, labels, classes] = reader_.read(examples);
  const at::Tensor logits = engine_.logits(network_, inputs);
  std::vector<double> result;
  for (int64_t row = 0; row < logits.size(0); ++row) {
    const ClassRange range = classes.empty() ? ClassRange{} : classes[static_cast<size_t>(row)];
    const auto [begin, end] = within(range, logits.size(1));
    const at::Tensor its_logits = logits.narrow(0, row, 1).narrow(1, begin, end - begin).contiguous();
    result.push_back(engine_.arithmetic().cross_entropy(its_logits, labels.narrow(0, row, 1) - begin));
  }
  return result;
}

std::vector<int64_t> Interference::most_interfered(const Examples& batch, const Examples& candidates, int64_t count,
                                                   const TrialStep& trial) {
  const c10::NoGradGuard no_grad;
  at::Tensor parameters = network_.parameters().values();
  at::Tensor gradient = at::zeros_like(parameters);
  (void)engine_.add_gradient(parameters, reader_.read(batch), 1, gradient);
  const std::vector<double> before = losses(candidates);
  if (trial.mask.defined()) gradient.mul_(trial.mask);
  const at::Tensor own = parameters.clone();
  engine_.arithmetic().add(parameters, gradient, -trial.rate);
  const std::vector<double> after = losses(candidates);
  parameters.copy_(own);

  std::vector<int64_t> order(before.size());
  std::iota(order.begin(), order.end(), 0);
  const auto rise = [&](int64_t row) { return after[static_cast<size_t>(row)] - before[static_cast<size_t>(row)]; };
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return rise(a) > rise(b); });
  order.resize(static_cast<size_t>(count));
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace cl_torch
