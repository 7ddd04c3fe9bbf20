// Session's calls that take a snapshot and go on from one.
#include "session/snapshot.h"

#include <cmath>

#include "base/named_tensors.h"
#include "nn/factory.h"
#include "session/state.h"

namespace cl_torch {
namespace {

DirectionSnapshot snapshot_of(const ParameterVector& parameters, const Sphere& sphere, const at::Tensor& value) {
  return {sphere.parts().size() > 1, sphere.radius(), named(parameters, value)};
}

// Checks a snapshot's vectors against the model's layout before they are copied to its device.
class Restorer {
 public:
  Restorer(const ParameterVector& parameters, std::vector<TensorVector::Shape> shapes)
      : parameters_(parameters), shapes_(std::move(shapes)) {}

  at::Tensor vector(const std::vector<NamedTensor>& tensors, const std::string& what) const {
    require_shapes(shapes_, tensors, what);
    return from_named(parameters_, tensors).to(parameters_.values().device());
  }

  LessForgettingDirection direction(const DirectionSnapshot& snapshot, const std::string& what) const {
    if (!(snapshot.radius > 0) || !std::isfinite(snapshot.radius)) {
      reject("The radius of " + what + " must be above 0; found " + std::to_string(snapshot.radius) + ".");
    }
    return {parameters_, snapshot.per_tensor, snapshot.radius, vector(snapshot.values, what)};
  }

  std::unique_ptr<Optimizer> optimizer(const OptimizerSnapshot& snapshot) const {
    auto optimizer = make_optimizer(parameters_, snapshot.options);
    optimizer->vectors()[0].values.copy_(vector(snapshot.first_moment, "the optimiser's first moment"));
    optimizer->vectors()[1].values.copy_(vector(snapshot.second_moment, "the optimiser's second moment"));
    optimizer->resume(snapshot.steps);
    return optimizer;
  }

  // `direction`, `anchor`: the session's, which the penalty shares unless it has its own.
  OffDirectionPenalty penalty(const PenaltySnapshot& snapshot, const std::optional<LessForgettingDirection>& direction,
                              const at::Tensor& anchor) const {
    if (!snapshot.direction && !direction) reject("The penalty needs a direction, and there is none.");
    if (!snapshot.anchor && !anchor.defined()) reject("The penalty needs an anchor, and there is none.");
    const auto nu = snapshot.direction ? this->direction(*snapshot.direction, "the penalty's direction") : *direction;
    const auto w_t = snapshot.anchor ? vector(*snapshot.anchor, "the penalty's anchor") : anchor;
    return {parameters_, nu.sphere(), nu.value(), w_t, snapshot.options};
  }

 private:
  const ParameterVector& parameters_;
  std::vector<TensorVector::Shape> shapes_;
};

}  // namespace

SessionSnapshot Session::export_state() const {
  const Network& network = state_->require_network();
  const ParameterVector& parameters = network.parameters();
  SessionSnapshot snapshot;
  snapshot.network = network.spec();
  snapshot.engine = state_->engine_options;
  snapshot.parameters = named(parameters, parameters.values());
  snapshot.buffers = named(network.buffers(), network.buffers().values());
  if (const Optimizer* optimizer = state_->optimizer.get()) {
    snapshot.optimizer = {optimizer->options(), optimizer->steps(), named(parameters, optimizer->vectors()[0].values),
                          named(parameters, optimizer->vectors()[1].values)};
  }
  if (state_->anchor.defined()) snapshot.anchor = named(parameters, state_->anchor);
  if (const auto& direction = state_->direction) {
    snapshot.direction = snapshot_of(parameters, direction->sphere(), direction->value());
  }
  if (const auto& penalty = state_->penalty) {
    snapshot.penalty = PenaltySnapshot{penalty->options(), std::nullopt, std::nullopt};
    if (!penalty->direction().is_same(state_->direction->value())) {
      snapshot.penalty->direction = snapshot_of(parameters, penalty->sphere(), penalty->direction());
    }
    if (!penalty->anchor().is_same(state_->anchor)) snapshot.penalty->anchor = named(parameters, penalty->anchor());
  }
  for (const Memory::Part& part : state_->memory.parts()) snapshot.memory.push_back({part.view_id, part.rows});
  snapshot.streams = state_->streams->snapshot();
  return snapshot;
}

void Session::import_state(const SessionSnapshot& snapshot) {
  // Before the network: its memory is then known to be no larger than what the caller holds already.
  const NetworkShapes shapes = network_shapes(snapshot.network);
  state_->require_engine(snapshot.network, snapshot.engine);
  require_shapes(shapes.parameters, snapshot.parameters, "the parameters");
  require_shapes(shapes.buffers, snapshot.buffers, "the buffers");
  auto network = make_blank_network(snapshot.network, state_->device);
  network->buffers().values().copy_(from_named(network->buffers(), snapshot.buffers));
  const ParameterVector& parameters = network->parameters();
  const Restorer restorer(parameters, shapes.parameters);
  parameters.values().copy_(restorer.vector(snapshot.parameters, "the parameters"));
  RandomStreams streams(snapshot.streams, state_->device);
  std::unique_ptr<Optimizer> optimizer;
  if (snapshot.optimizer) optimizer = restorer.optimizer(*snapshot.optimizer);
  at::Tensor anchor;
  if (snapshot.anchor) anchor = restorer.vector(*snapshot.anchor, "the anchor");
  std::optional<LessForgettingDirection> direction;
  if (snapshot.direction) direction = restorer.direction(*snapshot.direction, "the direction");
  std::optional<OffDirectionPenalty> penalty;
  if (snapshot.penalty) penalty.emplace(restorer.penalty(*snapshot.penalty, direction, anchor));
  Memory memory;
  for (const MemorySnapshot& part : snapshot.memory) {
    const TaskView& view = state_->view(part.view);
    State::require_fit(view, *network);
    for (const int64_t row : part.rows) State::require_row(view, row);
    memory.add(part.view, view, part.rows);
  }

  state_->install(std::move(network), snapshot.engine);
  state_->optimizer = std::move(optimizer);
  state_->streams = std::move(streams);
  state_->memory = std::move(memory);
  state_->anchor = std::move(anchor);
  state_->direction = std::move(direction);
  if (penalty) state_->penalty.emplace(std::move(*penalty));
}

}  // namespace cl_torch
