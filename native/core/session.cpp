#include "session.h"

#include <ATen/ATen.h>

#include <chrono>
#include <optional>

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
  std::unique_ptr<AdamW> optimizer;  // refers to the model's parameters
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
  state_->streams.emplace(seed);
  state_->model = std::make_unique<Mlp>(layers, *state_->streams, state_->device);
}

void Session::create_optimizer(const AdamWOptions& options) {
  state_->optimizer = std::make_unique<AdamW>(state_->require_model().parameters(), options);
}

EpochOutcome Session::train_epoch(int64_t view_id, int64_t batch_size, Observer& observer) {
  const Stopwatch stopwatch;
  TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  if (!state_->optimizer) reject("The session has no optimiser yet: call createOptimizer first.");
  const at::Tensor order = state_->streams->shuffled_order(view.rows());
  EpochOutcome outcome;
  outcome.losses = cl_torch::train_epoch(*state_->model, *state_->optimizer, view, order, batch_size, observer);
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
  const ParameterVector& vector = state_->require_model().parameters();
  const at::Tensor values = vector.values().cpu();
  const float* data = values.const_data_ptr<float>();
  std::vector<NamedTensor> tensors;
  for (const Segment& segment : vector.segments()) {
    const float* begin = data + segment.offset;
    tensors.push_back({segment.name, segment.shape, {begin, begin + segment.count}});
  }
  return tensors;
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
