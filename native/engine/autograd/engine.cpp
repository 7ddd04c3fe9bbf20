#include "engine/autograd/engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "data/class_mask.h"
#include "engine/autograd/autocast.h"
#include "engine/autograd/batch_loss.h"
#include "engine/autograd/shift.h"
#include "methods/gradient_rule.h"

namespace cl_torch {
namespace {

// Which rows' largest logit within the range is their label's.
at::Tensor is_correct(const at::Tensor& all_logits, const at::Tensor& labels, const ClassRange& range) {
  const auto [begin, end] = within(range, all_logits.size(1));
  const at::Tensor logits = all_logits.narrow(1, begin, end - begin);
  // argmax takes NaN for the greatest, so that of a row of NaN class 0 would be the answer.
  return logits.argmax(1).eq(labels - begin).logical_and_(logits.isfinite().all(1));
}

}  // namespace

at::Tensor AutogradEngine::cross_entropy(const Batch& batch) {
  logits_ = outputs(network_, batch.inputs, Mode::kTraining);
  return mean_cross_entropy(logits_, batch);
}

void AutogradEngine::set_micro_batch_size(int64_t rows) {
  // Parts of a batch are about equal, so that the smallest one may have half as many.
  const int64_t least = 2 * network_.least_training_rows() - 1;
  if (rows > 0 && rows < least) {
    reject("A micro-batch of " + std::to_string(rows) + " would leave a part of a batch with fewer examples than the " +
           "network's BatchNorm needs: --micro-batch-size " + std::to_string(least) + " or more.");
  }
  micro_batch_size_ = rows;
}

template <typename Take>
void AutogradEngine::for_parts(int64_t rows, const Take& take) const {
  const int64_t parts = micro_batch_size_ > 0 ? (rows + micro_batch_size_ - 1) / micro_batch_size_ : 1;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t begin = rows * i / parts;
    take(begin, rows * (i + 1) / parts - begin);
  }
}

at::Tensor AutogradEngine::batch_loss(const Examples& examples, int64_t own, const BatchLoss& loss,
                                      BatchReader& reader) {
  if (loss.is_nothing() || examples.runs.empty()) return {};
  const LossRows rows(reader.read(examples), examples, own, loss);
  if (micro_batch_size_ == 0) {
    logits_ = trained(rows.batch().inputs);
    return rows.share(logits_, 0);
  }
  at::Tensor total;
  std::vector<at::Tensor> logits;
  for_parts(rows.count(), [&](int64_t begin, int64_t count) {
    const at::Tensor its_logits = trained(rows_of(rows.batch(), begin, count).inputs);
    logits.push_back(its_logits.detach());
    const at::Tensor share = rows.share(its_logits, begin);
    if (!share.defined()) return;
    share.backward();
    total = total.defined() ? total + share.detach() : share.detach();
  });
  logits_ = at::cat(logits);
  return total;
}

AutogradEngine::StepLoss AutogradEngine::step_loss(const EpochPlan& plan, int64_t step, const Objective& objective,
                                                   double rate) {
  std::vector<Examples> drawn;  // before any graph is made: looking for what a step interferes with makes that step
  for (size_t i = 0; i < objective.draws.size(); ++i) {
    drawn.push_back(interference_.retrieve(plan, i, step, objective.draws[i], {rate, objective.mask}));
  }
  StepLoss result;
  if (micro_batch_size_ > 0) {
    network_.parameters().gradients().zero_();
    result.has_gradient = true;
  }
  const BatchLoss plain;
  logits_ = at::Tensor();
  result.learnt = batch_loss(plan.step(step), plan.own_rows(step), objective.batch ? *objective.batch : plain, reader_);
  if (!logits_.defined() && plan.keeps_outputs(step)) logits_ = trained(reader_.read(plan.step(step)).inputs);
  if (logits_.defined()) result.logits = logits_.detach();
  draw_readers_.resize(objective.draws.size());
  for (size_t i = 0; i < objective.draws.size(); ++i) {
    const MemoryDraw& draw = objective.draws[i];
    if (draw.is_reference()) {
      if (drawn[i].runs.empty()) continue;
      result.reference = &draw;
      result.references = drawn[i];
      continue;
    }
    const at::Tensor loss = batch_loss(drawn[i], drawn[i].count(), draw.loss, draw_readers_[i]);
    if (loss.defined()) result.learnt = result.learnt.defined() ? result.learnt + loss : loss;
  }
  return result;
}

void AutogradEngine::keep_from_opposing(const Examples& drawn, const MemoryDraw& draw) {
  at::Tensor gradients = network_.parameters().gradients();
  at::Tensor own = gradients.clone();
  std::vector<at::Tensor> references;
  for (const Examples& part : draw.use == DrawUse::kTaskReferences ? drawn.by_run() : std::vector<Examples>{drawn}) {
    gradients.zero_();
    const at::Tensor loss = batch_loss(part, part.count(), draw.loss, reference_reader_);
    if (micro_batch_size_ == 0) loss.backward();
    references.push_back(gradients.clone());
  }
  const c10::NoGradGuard no_grad;
  cl_torch::keep_from_opposing(own, references, draw.margin, arithmetic());
  gradients.copy_(own);
}

at::Tensor AutogradEngine::backward(const StepLoss& losses, const Objective& objective, ReferencePenalty* reference,
                                    WatchedStep* watched) {
  if (!losses.has_gradient) network_.parameters().gradients().zero_();
  at::Tensor loss = losses.has_gradient ? at::Tensor() : losses.learnt;
  at::Tensor total = losses.has_gradient ? losses.learnt : at::Tensor();
  if (!losses.learnt.defined()) total = at::zeros({}, network_.parameters().values().options());
  if (losses.reference || (watched && watched->takes_loss_apart())) {
    // Its gradient is wanted by itself; those of the penalties' graphs are added to it.
    if (loss.defined()) {
      loss.backward();
      total = loss.detach();
    }
    if (watched) watched->note_loss_gradient();
    if (losses.reference) keep_from_opposing(losses.references, *losses.reference);
    if (watched) {
      watched->show();
      watched->add_gate_loss(total);
    }
    loss = at::Tensor();
  }
  const OffDirectionPenalty* penalty = objective.off_direction;
  const bool has_graph = penalty && !reference && penalty->options().gradient != PenaltyGradient::kClosedForm;
  const auto add = [&](const at::Tensor& term) { loss = loss.defined() ? loss + term : term; };
  if (has_graph) add(penalty->alpha() * penalty->graph());
  for (const QuadraticPenalty& quadratic : objective.quadratics) {
    if (quadratic.gradient() != PenaltyGradient::kClosedForm) add(quadratic.graph());
  }
  if (loss.defined()) {
    loss.backward();
    total = total.defined() ? total + loss.detach() : loss.detach();
  }
  if (reference) {
    total = total + reference->add_gradient();
  } else if (penalty && !has_graph) {
    total = total + penalty->add_gradient();
  }
  for (const QuadraticPenalty& quadratic : objective.quadratics) {
    if (quadratic.gradient() == PenaltyGradient::kClosedForm) total = total + quadratic.add_gradient();
  }
  return total;
}

std::vector<float> AutogradEngine::train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                               Observer& observer) {
  const c10::AutoGradMode grad_mode(true);
  const int64_t steps = plan.steps();
  // Losses stay on the device until the epoch ends: reading one back would wait for the step.
  const at::Tensor losses = at::empty({steps}, network_.parameters().values().options());
  std::optional<ReferencePenalty> reference;
  const OffDirectionPenalty* penalty = objective.off_direction;
  if (penalty && ReferencePenalty::applies(network_.parameters(), *penalty))
    reference.emplace(network_.parameters(), *penalty);
  WatchedStep step(network_.parameters(), objective, steps);
  const float* at_hand = losses.is_cpu() ? losses.const_data_ptr<float>() : nullptr;
  int64_t done = 0;
  for (bool accepted = true; accepted && done < steps; ++done) {
    observer.stop_if_cancelled();
    step.hide();
    const StepLoss parts = step_loss(plan, done, objective, optimizer.learning_rate());
    losses[done].copy_(backward(parts, objective, reference ? &*reference : nullptr, &step));
    if (plan.keeps_outputs(done)) plan.keep_outputs(done, parts.logits);
    step.take(optimizer);
    const bool report_due = observer.report_due();
    if (!at_hand && !report_due) continue;
    const double loss = at_hand ? at_hand[done] : losses[done].item<double>();
    if (report_due) observer.report(done + 1, steps, loss);
    accepted = observer.accepts(loss);
  }
  step.end_epoch();
  const at::Tensor host_losses = losses.cpu();
  const float* data = host_losses.const_data_ptr<float>();
  return {data, data + done};
}

CorrectRows AutogradEngine::count_correct(const TaskView& view, int64_t batch_size, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const int64_t rows = view.rows();
  const at::Tensor all_rows = view.dataset_rows();
  at::Tensor correct = at::zeros({}, all_rows.options());
  at::Tensor own_correct = at::zeros({}, all_rows.options());
  for (int64_t begin = 0; begin < rows; begin += batch_size) {
    observer.stop_if_cancelled();
    const Run run{&view, begin, std::min(begin + batch_size, rows)};
    const auto [inputs, labels, classes] = reader_.read({all_rows, {&run, 1}});
    const at::Tensor logits = AutogradEngine::logits(network_, inputs);
    correct += is_correct(logits, labels, view.classes()).sum();
    if (view.own_classes()) own_correct += is_correct(logits, labels, *view.own_classes()).sum();
  }
  const auto count = correct.item<int64_t>();
  return {count, view.own_classes() ? own_correct.item<int64_t>() : count};
}

at::Tensor AutogradEngine::outputs(Network& network, const at::Tensor& inputs, Mode mode) const {
  const Autocast autocast(precision_);
  return network.forward(inputs, mode).to(at::kFloat);
}

at::Tensor AutogradEngine::trained(const at::Tensor& inputs) {
  const bool is_enough = inputs.size(0) >= network_.least_training_rows();
  return outputs(network_, inputs, is_enough ? Mode::kTraining : Mode::kEvaluation);
}

at::Tensor AutogradEngine::logits(Network& network, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  std::vector<at::Tensor> parts;
  for_parts(inputs.size(0), [&](int64_t begin, int64_t count) {
    parts.push_back(outputs(network, inputs.narrow(0, begin, count), Mode::kEvaluation));
  });
  return parts.size() == 1 ? parts.front() : at::cat(parts);
}

at::Tensor AutogradEngine::measured(const at::Tensor& inputs) {
  const bool uses_batch = uses_batch_statistics_ && inputs.size(0) >= network_.least_training_rows();
  return outputs(network_, inputs, uses_batch ? Mode::kBatchStatistics : Mode::kEvaluation);
}

double AutogradEngine::loss(const at::Tensor& values, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  const Shift shift(network_, values);
  const int64_t all = batch.labels.size(0);
  double total = 0;
  for_parts(all, [&](int64_t begin, int64_t count) {
    const Batch rows = rows_of(batch, begin, count);
    total += share_of(count, all) * mean_cross_entropy(measured(rows.inputs), rows).item<double>();
  });
  return total;
}

double AutogradEngine::add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) {
  logits_ = at::Tensor();  // a step that failed may have left its graph, with all activations
  const Shift shift(network_, values);
  network_.parameters().gradients().zero_();
  const c10::AutoGradMode grad_mode(true);
  const int64_t all = batch.labels.size(0);
  double total = 0;
  for_parts(all, [&](int64_t begin, int64_t count) {
    const Batch rows = rows_of(batch, begin, count);
    const at::Tensor loss = weighted(mean_cross_entropy(measured(rows.inputs), rows), share_of(count, all));
    loss.backward();
    total += loss.item<double>();
  });
  gradient.add_(network_.parameters().gradients(), scale);
  return total;
}

}  // namespace cl_torch
