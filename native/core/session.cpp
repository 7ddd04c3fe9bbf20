#include "session.h"

#include <set>

#include "group_trainer.h"
#include "matrix_products.h"
#include "session_state.h"
#include "thread_team.h"

namespace cl_torch {

Session::Session(const std::string& device, int threads, const Membership& membership)
    : state_(std::make_unique<State>(device, membership)) {
  // A GPU session's thread only launches kernels, and the driver's threads would inherit its binding.
  if (state_->device.is_cpu()) form_thread_team(threads);
}

Session::~Session() = default;

void Session::create_model(const std::vector<int64_t>& layers, uint64_t seed, const EngineOptions& engine) {
  if (state_->membership.cohort && engine.kind != EngineKind::kFused) {
    reject("The sessions of a cohort train with the fused engine; 'engine' names another.");
  }
  state_->engine.reset();
  state_->optimizer.reset();
  state_->penalty.reset();
  state_->direction.reset();
  state_->anchor.reset();
  state_->memory = Memory();
  state_->streams.emplace(seed, state_->device);
  state_->model = std::make_unique<Mlp>(layers, *state_->streams, state_->device);
  state_->engine_options = engine;
  state_->engine = make_engine(engine, *state_->model);
}

void Session::grow_head(int64_t classes) {
  const Mlp& old = state_->require_model();
  if (classes <= old.classes()) {
    reject("The head has " + std::to_string(old.classes()) + " classes and can only grow; found " +
           std::to_string(classes) + ".");
  }
  auto grown = std::make_unique<Mlp>(old, classes, *state_->streams);
  if (state_->anchor.defined()) {
    const at::Tensor anchor = grown->parameters().values().clone();
    carry_over(old.parameters(), state_->anchor, grown->parameters(), anchor);
    state_->anchor = anchor;
  }
  state_->penalty.reset();
  state_->direction.reset();
  state_->optimizer.reset();
  state_->engine.reset();
  state_->model = std::move(grown);
  state_->engine = make_engine(state_->engine_options, *state_->model);
}

void Session::create_optimizer(const AdamWOptions& options) {
  state_->optimizer = std::make_unique<AdamW>(state_->require_model().parameters(), options);
}

EpochOutcome Session::train_epoch(const std::vector<int64_t>& ids, int64_t batch_size, int64_t rehearsal,
                                  Observer& observer) {
  const Stopwatch stopwatch;
  std::vector<const TaskView*> views;
  int64_t rows = 0;
  for (const int64_t id : ids) {
    views.push_back(&state_->view(id));
    state_->require_fit(*views.back());
    rows += views.back()->rows();
  }
  if (!state_->optimizer) reject("The session has no optimiser yet: call createOptimizer first.");
  const at::Tensor order = state_->streams->shuffled_order(rows);
  std::optional<MemoryDealer> dealer;
  if (rehearsal > 0 && !state_->memory.empty()) dealer.emplace(state_->memory, rehearsal, state_->streams->method());
  const EpochPlan plan(views, order, batch_size, dealer ? &*dealer : nullptr);
  EpochOutcome outcome;
  const OffDirectionPenalty* penalty = state_->penalty ? &*state_->penalty : nullptr;
  const auto& [cohort, member] = state_->membership;
  outcome.losses =
      cohort ? cohort->train_epoch({member, *state_->engine, plan, *state_->optimizer, penalty, observer})
             : state_->engine->train_epoch(plan, *state_->optimizer, penalty, observer);
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

EvaluationOutcome Session::evaluate(const std::vector<int64_t>& views, int64_t batch_size, Observer& observer) {
  const Stopwatch stopwatch;
  for (const int64_t id : views) state_->require_fit(state_->view(id));
  EvaluationOutcome outcome;
  for (const int64_t id : views) {
    TaskView& view = state_->view(id);
    state_->streams->unshuffled_pass();
    outcome.correct.push_back(static_cast<double>(state_->engine->count_correct(view, batch_size, observer)));
    outcome.total.push_back(static_cast<double>(view.rows()));
  }
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

MatrixProductsOutcome Session::time_matrix_products(int64_t rows, int64_t batch_size) const {
  const Mlp& model = state_->require_model();
  return cl_torch::time_matrix_products(model, state_->engine_options.precision, rows, batch_size);
}

int64_t Session::host_bytes() const {
  if (!state_->device.is_cpu()) return 0;
  int64_t bytes = 0;
  std::set<const Dataset*> datasets;
  for (const auto& [id, dataset] : state_->datasets) datasets.insert(dataset.get());
  for (const auto& [id, view] : state_->views) datasets.insert(&view.dataset());
  for (const Dataset* dataset : datasets) bytes += dataset->bytes();
  if (state_->model) {
    const auto vector_bytes = static_cast<int64_t>(state_->model->parameters().values().nbytes());
    bytes += vector_bytes * (state_->optimizer ? 4 : 2);  // values, gradients, two moments
  }
  return bytes;
}

}  // namespace cl_torch
