#include "session.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "direction.h"
#include "equilibrium.h"
#include "error.h"
#include "thread_team.h"
#include "training.h"

namespace cl_torch {
namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

[[noreturn]] void reject(const std::string& message) { throw Error(code::kInvalidArgument, message); }

std::vector<NamedTensor> named(const ParameterVector& parameters, const at::Tensor& vector) {
  const at::Tensor values = vector.cpu();
  const float* data = values.const_data_ptr<float>();
  std::vector<NamedTensor> tensors;
  for (const Segment& segment : parameters.segments()) {
    const float* begin = data + segment.offset;
    tensors.push_back({segment.name, segment.shape, {begin, begin + segment.count}});
  }
  return tensors;
}

at::Tensor from_lists(const ParameterVector& parameters, const std::vector<std::vector<float>>& lists) {
  const auto& segments = parameters.segments();
  if (lists.size() != segments.size()) {
    reject("The model has " + std::to_string(segments.size()) + " parameter tensors; found " +
           std::to_string(lists.size()) + ".");
  }
  at::Tensor values = at::zeros({parameters.values().size(0)}, at::kFloat);
  float* data = values.mutable_data_ptr<float>();
  for (size_t i = 0; i < segments.size(); ++i) {
    if (static_cast<int64_t>(lists[i].size()) != segments[i].count) {
      reject("'" + segments[i].name + "' has " + std::to_string(segments[i].count) + " elements; found " +
             std::to_string(lists[i].size()) + ".");
    }
    std::copy(lists[i].begin(), lists[i].end(), data + segments[i].offset);
  }
  return values;
}

}  // namespace

struct Session::State {
  explicit State(const std::string& device_name) : device(device_name) {}

  template <typename Item>
  Item& item(std::vector<Item>& items, int64_t id, const char* kind) {
    if (id < 0 || id >= static_cast<int64_t>(items.size())) {
      reject("There is no " + std::string(kind) + " with the id " + std::to_string(id) + ".");
    }
    return items[static_cast<size_t>(id)];
  }

  TaskView& view(int64_t id) { return item(views, id, "view"); }

  Mlp& require_model() {
    if (!model) reject("The session has no model yet: call createModel first.");
    return *model;
  }

  void require_fit(const TaskView& view) {
    const Mlp& mlp = require_model();
    const Dataset& dataset = view.dataset();
    if (dataset.features() != mlp.inputs()) {
      reject("The data has " + std::to_string(dataset.features()) + " features, but the model takes " +
             std::to_string(mlp.inputs()) + ".");
    }
    if (dataset.largest_label() >= mlp.classes()) {
      reject("The data has the label " + std::to_string(dataset.largest_label()) + ", but the model has " +
             std::to_string(mlp.classes()) + " classes, numbered from 0.");
    }
  }

  c10::Device device;
  std::vector<std::shared_ptr<const Dataset>> datasets;
  std::vector<TaskView> views;
  std::optional<RandomStreams> streams;
  std::unique_ptr<Mlp> model;
  std::unique_ptr<AdamW> optimizer;  // refers to the model's parameters, like what follows
  Memory memory;
  at::Tensor anchor;
  std::optional<LessForgettingDirection> direction;
  std::optional<OffDirectionPenalty> penalty;
};

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

std::vector<NamedTensor> Session::parameters() const {
  const ParameterVector& parameters = state_->require_model().parameters();
  return named(parameters, parameters.values());
}

void Session::set_parameters(const std::vector<std::vector<float>>& values) {
  ParameterVector& parameters = state_->require_model().parameters();
  parameters.values().copy_(from_lists(parameters, values));
}

void Session::skip_order(int64_t view) { state_->streams->shuffled_order(state_->view(view).rows()); }

void Session::add_memory(int64_t view_id, const std::vector<int64_t>& rows) {
  const TaskView& view = state_->view(view_id);
  for (const int64_t row : rows) {
    if (row < 0 || row >= view.rows()) {
      reject("The view has no row " + std::to_string(row) + ": it has " + std::to_string(view.rows()) + ".");
    }
  }
  state_->memory.add(view, rows);
}

void Session::set_anchor() { state_->anchor = state_->require_model().parameters().values().clone(); }

DirectionOutcome Session::find_direction(const DirectionOptions& options,
                                         const std::vector<std::vector<float>>& start, Observer& observer) {
  const Stopwatch stopwatch;
  Mlp& model = state_->require_model();
  const RandomStreams& streams = *state_->streams;
  const auto previous = state_->direction;
  LessForgettingDirection direction(model.parameters(), options,
                                    options.training_stream ? streams.device() : streams.method_device());
  if (!start.empty()) direction.set(from_lists(model.parameters(), start));
  DirectionOutcome outcome = direction.search(model, state_->memory, options, streams.method(), observer);
  if (previous && options.smoothing > 0) {
    direction.smooth(previous->value(), options.smoothing);
    if (!state_->memory.empty()) outcome.objective_last = direction.objective(model, state_->memory, options);
  }
  state_->direction = direction;
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

std::vector<NamedTensor> Session::direction() const {
  if (!state_->direction) reject("The session has no direction yet: call findDirection first.");
  return named(state_->model->parameters(), state_->direction->value());
}

void Session::set_penalty(const std::optional<PenaltyOptions>& options) {
  state_->penalty.reset();
  if (!options) return;
  if (!state_->direction) reject("The penalty needs a direction: call findDirection first.");
  if (!state_->anchor.defined()) reject("The penalty needs the old parameters: call setAnchor first.");
  state_->penalty.emplace(state_->model->parameters(), state_->direction->sphere(), state_->direction->value(),
                          state_->anchor, *options);
}

double Session::deviation() const {
  if (!state_->penalty) reject("There is no penalty to measure by: call setPenalty first.");
  return state_->penalty->deviation();
}

EquilibriumOutcome Session::find_equilibrium_point(const EquilibriumOptions& options, Observer& observer) {
  const Stopwatch stopwatch;
  Mlp& model = state_->require_model();
  if (state_->memory.empty()) reject("The equilibrium point needs a memory: call addMemory first.");
  if (!state_->anchor.defined()) reject("The equilibrium point needs the old parameters: call setAnchor first.");
  EquilibriumOutcome outcome = cl_torch::find_equilibrium_point(model, state_->anchor, state_->memory, options,
                                                                state_->streams->method(), observer);
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
