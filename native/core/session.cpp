#include "session.h"

#include "session_state.h"
#include "thread_team.h"

namespace cl_torch {

Session::Session(const std::string& device, int threads) : state_(std::make_unique<State>(device)) {
  // A GPU session's thread only launches kernels, and the driver's threads would inherit its binding.
  if (state_->device.is_cpu()) form_thread_team(threads);
}

Session::~Session() = default;

int64_t Session::load_dataset(DatasetBytes bytes) {
  state_->datasets.push_back(std::make_shared<const Dataset>(std::move(bytes), state_->device));
  return static_cast<int64_t>(state_->datasets.size()) - 1;
}

int64_t Session::add_view(int64_t dataset_id, const std::vector<int32_t>& permutation) {
  const auto& dataset = state_->item(state_->datasets, dataset_id, "data set");
  const int64_t features = dataset->features();
  std::vector<bool> seen(static_cast<size_t>(features), false);
  for (const int32_t column : permutation) {
    if (column < 0 || column >= features || seen[static_cast<size_t>(column)]) {
      reject("The permutation must hold every column from 0 to " + std::to_string(features - 1) +
             " once; it holds " + std::to_string(column) + (column < 0 || column >= features ? "." : " twice."));
    }
    seen[static_cast<size_t>(column)] = true;
  }
  if (static_cast<int64_t>(permutation.size()) != features) {
    reject("The permutation has " + std::to_string(permutation.size()) + " columns, but the data set has " +
           std::to_string(features) + ".");
  }
  state_->views.emplace_back(dataset, permutation);
  return static_cast<int64_t>(state_->views.size()) - 1;
}

void Session::create_model(const std::vector<int64_t>& layers, uint64_t seed) {
  state_->optimizer.reset();
  state_->penalty.reset();
  state_->direction.reset();
  state_->anchor.reset();
  state_->memory = Memory();
  state_->streams.emplace(seed, state_->device);
  state_->model = std::make_unique<Mlp>(layers, *state_->streams, state_->device);
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
  state_->model = std::move(grown);
}

void Session::create_optimizer(const AdamWOptions& options) {
  state_->optimizer = std::make_unique<AdamW>(state_->require_model().parameters(), options);
}

EpochOutcome Session::train_epoch(int64_t view_id, int64_t batch_size, int64_t rehearsal, Observer& observer) {
  const Stopwatch stopwatch;
  TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  if (!state_->optimizer) reject("The session has no optimiser yet: call createOptimizer first.");
  const at::Tensor order = state_->streams->shuffled_order(view.rows());
  std::optional<MemoryDealer> dealer;
  if (rehearsal > 0 && !state_->memory.empty()) dealer.emplace(state_->memory, rehearsal, state_->streams->method());
  const TrainingParts parts{*state_->model, *state_->optimizer, state_->penalty ? &*state_->penalty : nullptr,
                            dealer ? &*dealer : nullptr};
  EpochOutcome outcome;
  outcome.losses = cl_torch::train_epoch(parts, view, order, batch_size, observer);
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
    outcome.correct.push_back(static_cast<double>(count_correct(*state_->model, view, batch_size, observer)));
    outcome.total.push_back(static_cast<double>(view.rows()));
  }
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

int64_t Session::host_bytes() const {
  if (!state_->device.is_cpu()) return 0;
  int64_t bytes = 0;
  for (const auto& dataset : state_->datasets) {
    bytes += static_cast<int64_t>(dataset->images().nbytes() + dataset->labels().nbytes());
  }
  if (state_->model) {
    const auto vector_bytes = static_cast<int64_t>(state_->model->parameters().values().nbytes());
    bytes += vector_bytes * (state_->optimizer ? 4 : 2);  // values, gradients, two moments
  }
  return bytes;
}

}  // namespace cl_torch
