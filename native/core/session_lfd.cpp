// Session's calls on the parameters, the memory, the direction and the equilibrium point.
#include <algorithm>

#include "equilibrium.h"
#include "session_state.h"

namespace cl_torch {
namespace {

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

}  // namespace cl_torch
