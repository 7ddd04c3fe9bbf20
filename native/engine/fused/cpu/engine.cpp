#include "engine/fused/cpu/engine.h"

#include <c10/core/GradMode.h>

#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <optional>

#include "engine/fused/cpu/importance_products.h"
#include "engine/fused/cpu/penalty_pass.h"
#include "engine/fused/cpu/update.h"
#include "engine/mlp_importance.h"
#include "methods/gradient_rule.h"
#include "methods/hidden_parameters.h"

namespace cl_torch::fused {
namespace {

constexpr int64_t kRowsAtOnce = 2048;  // in an evaluation

// The gradient of what does not move counts as 0.
void keep_moving(const Objective& objective, at::Tensor gradients) {
  if (objective.mask.defined()) gradients.mul_(objective.mask);
}

}  // namespace

CpuEngine::CpuEngine(Mlp& model)
    : model_(model),
      network_(model),
      interference_(*this, model),
      layers_(layers_of(model.parameters(), model.parameters().values())),
      gradients_(layers_of(model.parameters(), model.parameters().gradients())) {}

std::vector<float> CpuEngine::train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                          Observer& observer) {
  const c10::NoGradGuard no_grad;
  const int64_t steps = plan.steps();
  std::vector<float> losses(static_cast<size_t>(steps));
  UpdatePass update(model_.parameters(), optimizer, objective);
  PenaltyPass penalties(model_.parameters(), objective);
  HiddenParameters hidden(model_.parameters().values(), objective.hiding);
  network_.begin(plan.largest_step());
  const TeamWatch::Stretch stretch(team_);
  for (int64_t step = 0; step < steps; ++step) {
    observer.stop_if_cancelled();
    hidden.hide();
    double total = learn(plan, step, objective, update, optimizer.learning_rate());
    hidden.show();
    total += penalties.add_gradients();
    const auto loss = static_cast<float>(total + update.step());
    losses[static_cast<size_t>(step)] = loss;
    if (observer.report_due()) observer.report(step + 1, steps, loss);
    if (!observer.accepts(loss)) {
      losses.resize(static_cast<size_t>(step) + 1);
      break;
    }
    team_.step();
  }
  update.end_epoch();
  return losses;
}

double CpuEngine::learn(const EpochPlan& plan, int64_t step, const Objective& objective, UpdatePass& update,
                        double rate) {
  if (objective.has_terms()) return learn_terms(plan, step, objective, update, rate);
  const double loss = learn(plan.step(step));
  if (update.wants_loss_gradient()) keep_moving(objective, model_.parameters().gradients());
  if (plan.keeps_outputs(step)) plan.keep_outputs(step, network_.logits(layers_));
  if (update.wants_loss_gradient()) update.note_loss_gradient();
  return loss;
}

double CpuEngine::learn(const Examples& examples) {
  network_.begin(examples.count());
  read_examples(examples, network_.inputs(), network_.labels());
  network_.set_classes(classes_of(examples));
  network_.set_groups({});
  network_.forward(layers_);
  return network_.backward(layers_, 1, gradients_, WriteMode::kReplace);
}

double CpuEngine::learn_terms(const EpochPlan& plan, int64_t step, const Objective& objective, UpdatePass& update,
                              double rate) {
  static const BatchLoss plain;
  std::vector<Part> parts = {{plan.step(step), plan.own_rows(step), objective.batch ? objective.batch : &plain}};
  std::optional<size_t> reference;
  for (size_t i = 0; i < objective.draws.size(); ++i) {
    const Examples examples = interference_.retrieve(plan, i, step, objective.draws[i], {rate, objective.mask});
    if (examples.runs.empty()) continue;
    if (objective.draws[i].is_reference()) {
      reference = i;
    } else {
      parts.push_back({examples, examples.count(), &objective.draws[i].loss});
    }
  }
  const double loss = learn(parts, gradients_);
  if (update.wants_loss_gradient() || reference) keep_moving(objective, model_.parameters().gradients());
  if (plan.keeps_outputs(step)) plan.keep_outputs(step, network_.logits(layers_));
  if (update.wants_loss_gradient()) update.note_loss_gradient();
  if (reference) keep_from_opposing(plan.drawn(*reference, step), objective.draws[*reference], objective);
  return loss;
}

void CpuEngine::keep_from_opposing(const Examples& drawn, const MemoryDraw& draw, const Objective& objective) {
  const std::vector<Examples> parts =
      draw.use == DrawUse::kTaskReferences ? drawn.by_run() : std::vector<Examples>{drawn};
  while (references_.size() < parts.size()) references_.push_back(at::zeros_like(model_.parameters().values()));
  for (size_t i = 0; i < parts.size(); ++i) {
    (void)learn({{parts[i], parts[i].count(), &draw.loss}}, layers_of(model_.parameters(), references_[i]));
    keep_moving(objective, references_[i]);
  }
  at::Tensor gradients = model_.parameters().gradients();
  cl_torch::keep_from_opposing(gradients, std::span(references_).first(parts.size()), draw.margin, arithmetic_);
}

double CpuEngine::learn(const std::vector<Part>& parts, const std::vector<Layer>& gradients) {
  int64_t rows = 0;
  for (const Part& part : parts) rows += part.examples.count();
  network_.begin(rows);
  std::vector<CpuNetwork::Group> groups;
  std::vector<ClassRange> classes;
  bool are_all = true;
  rows = 0;
  for (const auto& [examples, own, loss] : parts) {
    read_examples(examples, network_.inputs() + rows * model_.inputs(), network_.labels() + rows);
    std::vector<ClassRange> own_classes = classes_of(examples);
    are_all = are_all && own_classes.empty();
    own_classes.resize(static_cast<size_t>(examples.count()));
    classes.insert(classes.end(), own_classes.begin(), own_classes.end());
    rows += examples.count();
    groups.push_back({examples.count(), loss, loss->has_targets() ? targets_of(examples, own) : at::Tensor()});
  }
  network_.set_classes(are_all ? std::vector<ClassRange>() : std::move(classes));
  network_.set_groups(std::move(groups));
  network_.forward(layers_);
  return network_.backward(layers_, 1, gradients, WriteMode::kReplace);
}

CorrectRows CpuEngine::count_correct(const TaskView& view, int64_t, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const int64_t rows = view.rows();
  const at::Tensor all_rows = view.dataset_rows();
  CorrectRows correct;
  for (int64_t begin = 0; begin < rows; begin += kRowsAtOnce) {
    observer.stop_if_cancelled();
    const Run run{&view, begin, std::min(begin + kRowsAtOnce, rows)};
    network_.begin(run.end - run.begin);
    read_examples({all_rows, {&run, 1}}, network_.inputs(), network_.labels());
    network_.forward(layers_);
    correct.in_classes += network_.correct(layers_, view.classes());
    if (view.own_classes()) correct.in_own += network_.correct(layers_, *view.own_classes());
  }
  if (!view.own_classes()) correct.in_own = correct.in_classes;
  return correct;
}

double CpuEngine::loss(const at::Tensor& values, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  const std::vector<Layer> layers = layers_of(model_.parameters(), values);
  forward(layers, batch);
  return network_.loss(layers);
}

double CpuEngine::add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) {
  const c10::NoGradGuard no_grad;
  const std::vector<Layer> layers = layers_of(model_.parameters(), values);
  forward(layers, batch);
  return network_.backward(layers, scale, layers_of(model_.parameters(), gradient), WriteMode::kAdd);
}

void CpuEngine::add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                               at::Tensor& importance, Observer& observer) {
  cl_torch::add_importance(model_, values, batch, options, importance, observer, CpuImportanceProducts());
}

at::Tensor CpuEngine::logits(Network&, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  forward(inputs);
  return network_.logits(layers_);
}

at::Tensor CpuEngine::features(Network&, const at::Tensor& inputs) {
  const c10::NoGradGuard no_grad;
  forward(inputs);
  return network_.features();
}

void CpuEngine::forward(const at::Tensor& inputs) {
  network_.begin(inputs.size(0));
  std::copy_n(inputs.const_data_ptr<float>(), inputs.numel(), network_.inputs());
  network_.forward(layers_);
}

void CpuEngine::forward(const std::vector<Layer>& layers, const Batch& batch) {
  const int64_t rows = batch.labels.size(0);
  network_.begin(rows);
  std::copy_n(batch.inputs.const_data_ptr<float>(), batch.inputs.numel(), network_.inputs());
  std::copy_n(batch.labels.const_data_ptr<int64_t>(), rows, network_.labels());
  network_.set_classes(batch.classes);
  network_.set_groups({});
  network_.forward(layers);
}

}  // namespace cl_torch::fused
