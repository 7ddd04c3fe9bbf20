// Session's calls on the parameters, the memory, the direction and the equilibrium point.
#include <cmath>

#include "base/named_tensors.h"
#include "methods/lfd/equilibrium.h"
#include "session/state.h"

namespace cl_torch {

GradientOutcome Session::gradient(int64_t view_id, const std::vector<int64_t>& rows) {
  const TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  if (rows.empty()) reject("The gradient needs at least one row.");
  RunList list;
  for (const int64_t row : rows) {
    State::require_row(view, row);
    list.add(view, row);
  }
  BatchReader reader;
  const ParameterVector& parameters = state_->network->parameters();
  at::Tensor gradient = at::zeros_like(parameters.values());
  GradientOutcome outcome;
  outcome.loss =
      state_->engine->add_gradient(parameters.values(), reader.read({list.rows(), list.runs()}), 1, gradient);
  outcome.gradient = named(parameters, gradient);
  return outcome;
}

std::vector<NamedTensor> Session::parameters() const {
  const ParameterVector& parameters = state_->require_network().parameters();
  return named(parameters, parameters.values());
}

bool Session::is_finite() const {
  const auto [least, greatest] = state_->require_network().parameters().values().aminmax();
  return std::isfinite(least.item<float>()) && std::isfinite(greatest.item<float>());
}

void Session::set_parameters(const std::vector<std::vector<float>>& values) {
  ParameterVector& parameters = state_->require_network().parameters();
  parameters.values().copy_(from_lists(parameters, values));
}

void Session::skip_order(int64_t view) { state_->streams->shuffled_order(state_->view(view).rows()); }

void Session::add_memory(int64_t view_id, const std::vector<int64_t>& rows) {
  const TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  for (const int64_t row : rows) State::require_row(view, row);
  state_->memory.add(view_id, view, rows);
}

void Session::set_anchor() { state_->anchor = state_->require_network().parameters().values().clone(); }

DirectionOutcome Session::find_direction(const DirectionOptions& options, const std::vector<std::vector<float>>& start,
                                         Observer& observer) {
  const Stopwatch stopwatch;
  Network& network = state_->require_network();
  const RandomStreams& streams = *state_->streams;
  const auto previous = state_->direction;
  LessForgettingDirection direction(network.parameters(), options,
                                    options.training_stream ? streams.device() : streams.method_device());
  if (!start.empty()) direction.set(from_lists(network.parameters(), start));
  const at::Tensor& parameters = network.parameters().values();
  DirectionOutcome outcome =
      direction.search(*state_->engine, parameters, state_->memory, options, streams.method(), observer);
  if (previous && options.smoothing > 0) {
    direction.smooth(previous->value(), options.smoothing);
    if (!state_->memory.empty())
      outcome.objective_last = direction.objective(*state_->engine, parameters, state_->memory, options);
  }
  state_->direction = direction;
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

std::vector<NamedTensor> Session::direction() const {
  if (!state_->direction) reject("The session has no direction yet: call findDirection first.");
  return named(state_->network->parameters(), state_->direction->value());
}

void Session::set_penalty(const std::optional<PenaltyOptions>& options) {
  state_->penalty.reset();
  if (!options) return;
  if (!state_->direction) reject("The penalty needs a direction: call findDirection first.");
  if (!state_->anchor.defined()) reject("The penalty needs the old parameters: call setAnchor first.");
  state_->penalty.emplace(state_->network->parameters(), state_->direction->sphere(), state_->direction->value(),
                          state_->anchor, *options);
}

double Session::deviation() const {
  if (!state_->penalty) reject("There is no penalty to measure by: call setPenalty first.");
  return state_->penalty->deviation();
}

EquilibriumOutcome Session::find_equilibrium_point(const EquilibriumOptions& options, Observer& observer) {
  const Stopwatch stopwatch;
  Network& network = state_->require_network();
  if (state_->memory.empty()) reject("The equilibrium point needs a memory: call addMemory first.");
  if (!state_->anchor.defined()) reject("The equilibrium point needs the old parameters: call setAnchor first.");
  EquilibriumOutcome outcome =
      cl_torch::find_equilibrium_point(*state_->engine, network.parameters().values(), state_->anchor, state_->memory,
                                       options, state_->streams->method(), observer);
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

}  // namespace cl_torch
