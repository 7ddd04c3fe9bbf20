// Session's calls that take a snapshot and go on from one.
#include "session/snapshot.h"

#include <algorithm>
#include <utility>

#include "base/named_tensors.h"
#include "nn/factory.h"
#include "nn/loaded.h"
#include "session/state.h"

namespace cl_torch {
namespace {

// Checks a snapshot's vectors against the network's layout before they are copied to its device.
class Restorer {
 public:
  explicit Restorer(const Network& network)
      : parameters_(network.parameters()), shapes_(network.layout().parameters()) {}

  at::Tensor vector(const std::vector<NamedTensor>& tensors, const std::string& what) const {
    require_shapes(shapes_, tensors, what);
    return from_named(parameters_, tensors).to(parameters_.values().device());
  }

  std::unique_ptr<Optimizer> optimizer(const OptimizerSnapshot& snapshot) const {
    auto optimizer = make_optimizer(parameters_, snapshot.options);
    for (const Optimizer::Vector& own : optimizer->vectors()) {
      const auto found = snapshot.vectors.find(own.name);
      own.values.copy_(vector(found == snapshot.vectors.end() ? std::vector<NamedTensor>() : found->second,
                              "the optimiser's vector '" + std::string(own.name) + "'"));
    }
    optimizer->resume(snapshot.steps);
    return optimizer;
  }

  Vectors vectors(const std::map<std::string, VectorSnapshot>& snapshots) const {
    Vectors vectors;
    for (const auto& [name, snapshot] : snapshots) {
      require_vector_name(name);
      vectors.emplace(name, Vector{vector(snapshot.tensors, "the vector '" + name + "'"), snapshot.growth});
    }
    return vectors;
  }

 private:
  const ParameterVector& parameters_;
  const std::vector<TensorVector::Shape>& shapes_;
};

std::optional<TargetsSnapshot> targets_of(const TaskView& view) {
  if (!view.targets().defined()) return std::nullopt;
  const at::Tensor logits = view.targets().cpu().contiguous();
  const float* data = logits.const_data_ptr<float>();
  return TargetsSnapshot{logits.size(1), {data, data + logits.numel()}};
}

// The same back, for so many rows.
at::Tensor targets_from(const TargetsSnapshot& snapshot, int64_t rows, int64_t classes, const c10::Device& device) {
  if (snapshot.classes < 1 || snapshot.classes > classes ||
      static_cast<int64_t>(snapshot.logits.size()) != rows * snapshot.classes) {
    reject("Stored outputs must be numbers for " + std::to_string(rows) + " rows and at most " +
           std::to_string(classes) + " classes; found " + std::to_string(snapshot.logits.size()) + " for " +
           std::to_string(snapshot.classes) + " classes.");
  }
  const at::Tensor logits = at::empty({rows, snapshot.classes}, at::kFloat);
  std::copy(snapshot.logits.begin(), snapshot.logits.end(), logits.mutable_data_ptr<float>());
  return logits.to(device);
}

}  // namespace

SessionSnapshot Session::export_state() const {
  const Network& network = state_->require_network();
  const ParameterVector& parameters = network.parameters();
  SessionSnapshot snapshot;
  snapshot.network = network.spec();
  snapshot.engine = state_->engine_options;
  snapshot.parameters = named(parameters, parameters.values());
  snapshot.buffers = named(network.buffers(), network.buffers().values());
  if (state_->kept_buffers.defined()) snapshot.kept_buffers = named(network.buffers(), state_->kept_buffers);
  if (const Optimizer* optimizer = state_->optimizer.get()) {
    snapshot.optimizer = OptimizerSnapshot{optimizer->options(), optimizer->steps(), {}};
    for (const auto& [name, values] : optimizer->vectors()) {
      snapshot.optimizer->vectors.emplace(name, named(parameters, values));
    }
  }
  for (const auto& [name, vector] : state_->vectors) {
    snapshot.vectors.emplace(name, VectorSnapshot{vector.growth, named(parameters, vector.values)});
  }
  snapshot.objective = state_->settings;
  for (const Memory::Part& part : state_->memory.parts()) {
    snapshot.memory.push_back({part.view_id, part.rows, targets_of(part.view)});
  }
  snapshot.offered = state_->memory.offered();
  for (const auto& [id, view] : state_->views) {
    if (auto targets = targets_of(view)) snapshot.targets.emplace(id, std::move(*targets));
  }
  snapshot.streams = state_->streams->snapshot();
  return snapshot;
}

void Session::import_state(const SessionSnapshot& snapshot) {
  (void)network_layout(snapshot.network);
  state_->require_engine(snapshot.network, snapshot.engine);
  auto network = loaded_network(snapshot.network, snapshot.parameters, snapshot.buffers, state_->device);
  network->freeze(snapshot.objective.frozen);  // which refuses names that it does not have
  const Restorer restorer(*network);
  at::Tensor kept_buffers;
  if (snapshot.kept_buffers) {
    require_shapes(network->layout().buffers(), *snapshot.kept_buffers, "the kept buffers");
    kept_buffers = from_named(network->buffers(), *snapshot.kept_buffers).to(state_->device);
  }
  RandomStreams streams(snapshot.streams, state_->device);
  std::unique_ptr<Optimizer> optimizer;
  if (snapshot.optimizer) {
    state_->require_optimizer(snapshot.network, snapshot.engine, snapshot.optimizer->options);
    optimizer = restorer.optimizer(*snapshot.optimizer);
  }
  Vectors vectors = restorer.vectors(snapshot.vectors);
  state_->require_objective(snapshot.network, snapshot.engine, snapshot.objective, vectors);
  Memory memory;
  for (const MemorySnapshot& part : snapshot.memory) {
    const TaskView& view = state_->view(part.view);
    state_->require_fit(view, *network);
    for (const int64_t row : part.rows) State::require_row(view, row);
    at::Tensor targets;
    if (part.targets) {
      targets = targets_from(*part.targets, static_cast<int64_t>(part.rows.size()), network->classes(), state_->device);
    }
    memory.add(part.view, view, part.rows, targets);
  }
  memory.set_offered(snapshot.offered);
  std::map<int64_t, at::Tensor> targets;
  for (const auto& [id, its] : snapshot.targets) {
    const auto view = state_->views.find(id);
    if (view == state_->views.end()) continue;
    targets.emplace(id, targets_from(its, view->second.rows(), network->classes(), state_->device));
  }

  state_->install(std::move(network), snapshot.engine);
  state_->optimizer = std::move(optimizer);
  state_->streams = std::move(streams);
  state_->memory = std::move(memory);
  for (auto& [id, view] : state_->views) {
    const auto its = targets.find(id);
    view.set_targets(its == targets.end() ? at::Tensor() : its->second);
  }
  state_->vectors = std::move(vectors);
  state_->kept_buffers = std::move(kept_buffers);
  state_->adopt(snapshot.objective);
}

}  // namespace cl_torch
