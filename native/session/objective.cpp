// Session's calls on the objective.
#include <algorithm>
#include <utility>

#include "session/state.h"

namespace cl_torch {
namespace {

// The mask, or one of 1 everywhere where there is none, with 0 at the tensors of these names.
at::Tensor without(const std::vector<std::string>& names, const ParameterVector& parameters, const at::Tensor& mask) {
  const at::Tensor result = mask.defined() ? mask.clone() : at::ones_like(parameters.values());
  for (const Segment& segment : parameters.segments()) {
    if (std::find(names.begin(), names.end(), segment.name) == names.end()) continue;
    result.narrow(0, segment.offset, segment.count).zero_();
  }
  return result;
}

}  // namespace

void Session::State::build_objective() {
  const ParameterVector& parameters = require_network().parameters();
  BuiltObjective fresh;
  for (const PenaltySettings& penalty : settings.penalties) {
    const Sphere its_sphere = sphere(penalty.per_tensor, penalty.radius);
    const auto optional = [&](const std::optional<std::string>& name) {
      return name ? values_of(*name) : at::Tensor();
    };
    const QuadraticPenalty::Vectors its{values_of(penalty.anchor), optional(penalty.importance),
                                        optional(penalty.direction)};
    if (is_off_direction(penalty) && !fresh.off_direction) {
      fresh.off_direction.emplace(parameters, its_sphere, its.direction, its.anchor,
                                  PenaltyOptions{penalty.strength, penalty.gradient});
    } else {
      fresh.quadratics.emplace_back(parameters, its, its_sphere, penalty.strength, penalty.gradient);
    }
  }
  if (settings.path) fresh.path = values_of(settings.path->vector);
  if (settings.path && settings.path->score) {
    const PathScoreSettings& score = *settings.path->score;
    fresh.score =
        PathScore{values_of(score.vector), values_of(score.curvature), score.steps, score.decay, score.damping};
  }
  if (settings.mask) {
    fresh.own_mask = values_of(*settings.mask);
    const bool right = fresh.own_mask.eq(0).logical_or_(fresh.own_mask.eq(1)).all().item<bool>();
    if (!right) reject("The mask '" + *settings.mask + "' must be 0 or 1 everywhere.");
  }
  if (settings.gates) {
    const GateSettings& gates = *settings.gates;
    require_unit_layers(parameters);
    fresh.gates =
        GateTerms{values_of(gates.embedding), values_of(gates.used), gates.steepness, gates.capacity, gates.rate};
    const bool right = fresh.gates->used.ge(0).logical_and_(fresh.gates->used.le(1)).all().item<bool>();
    if (!right) reject("What the gates are used, '" + gates.used + "', must be from 0 to 1 everywhere.");
  }
  fresh.mask = settings.frozen.empty() ? fresh.own_mask : without(settings.frozen, parameters, fresh.own_mask);
  built.emplace(std::move(fresh));
  ++objective_version;
}

void Session::set_penalties(const std::vector<PenaltySettings>& penalties) {
  ObjectiveSettings wanted = state_->settings;
  wanted.penalties = penalties;
  state_->set_objective(std::move(wanted));
}

void Session::set_path(const std::optional<PathSettings>& path) {
  const at::Tensor& parameters = state_->require_network().parameters().values();
  ObjectiveSettings wanted = state_->settings;
  wanted.path = path;
  Vectors vectors = state_->vectors;
  for (const std::string& name : path ? path->vectors() : std::vector<std::string>()) {
    require_vector_name(name);
    Vector& vector = vectors.try_emplace(name, Vector{{}, Growth::kZeros}).first->second;
    if (!vector.values.defined()) vector.values = at::zeros_like(parameters);
    vector.growth = Growth::kZeros;
  }
  state_->require_objective(state_->network->spec(), state_->engine_options, wanted, vectors);
  state_->vectors = std::move(vectors);
  state_->set_objective(std::move(wanted));
}

void Session::set_mask(const std::optional<std::string>& mask, bool hides) {
  ObjectiveSettings wanted = state_->settings;
  wanted.mask = mask;
  wanted.mask_hides = mask && hides;
  state_->set_objective(std::move(wanted));
  if (mask) state_->vectors.at(*mask).growth = Growth::kOnes;
}

void Session::set_gates(const std::optional<GateSettings>& gates) {
  if (gates) require_unit_layers(state_->require_network().parameters());
  ObjectiveSettings wanted = state_->settings;
  wanted.gates = gates;
  state_->set_objective(std::move(wanted));
  if (!gates) return;
  for (const std::string& name : {gates->embedding, gates->used}) state_->vectors.at(name).growth = Growth::kZeros;
}

void Session::set_frozen(const std::vector<std::string>& names) {
  ObjectiveSettings wanted = state_->settings;
  wanted.frozen = names;
  state_->set_objective(std::move(wanted));
}

void Session::set_micro_batch_size(int64_t rows) {
  state_->require_network();
  state_->engine->set_micro_batch_size(rows);
  state_->micro_batch_size = rows;
}

void Session::set_batch_loss(const BatchLoss& loss) {
  ObjectiveSettings wanted = state_->settings;
  wanted.batch = loss;
  state_->set_objective(std::move(wanted));
}

void Session::set_draws(const std::vector<MemoryDraw>& draws) {
  if (std::count_if(draws.begin(), draws.end(), [](const MemoryDraw& draw) { return draw.is_reference(); }) > 1) {
    reject("One draw at most can be the reference of the gradient.");
  }
  ObjectiveSettings wanted = state_->settings;
  wanted.draws = draws;
  state_->set_objective(std::move(wanted));
}

void Session::State::require_targets(const TaskView& view, int64_t rows, const BatchLoss& loss,
                                     const std::string& missing) {
  if (!loss.has_targets()) return;
  if (!view.targets().defined()) reject(missing);
  const int64_t stored = view.targets().size(0);
  if (stored != rows) {
    reject("Outputs are stored for " + std::to_string(stored) + " rows of a view that has " + std::to_string(rows) +
           ": call takeTargets again.");
  }
  const int64_t classes = view.targets().size(1);
  for (const TargetLoss& term : loss.targets) {
    const ClassRange range = term.classes.value_or(ClassRange{0, classes});
    if (range.end > classes) {
      reject("A loss against stored targets goes over the classes up to " + std::to_string(range.end - 1) +
             ", but outputs of " + std::to_string(classes) + " classes are stored.");
    }
    const ClassRange known = term.known.value_or(range);
    if (known.begin < range.begin || known.end > range.end) {
      reject("The 'known' classes of a loss against stored targets must lie among its 'classes'.");
    }
  }
}

void Session::State::require_memory_targets(const BatchLoss& loss) const {
  for (const Memory::Part& part : memory.parts()) {
    require_targets(part.view, static_cast<int64_t>(part.rows.size()), loss,
                    "The memory has examples without stored outputs, against which they are learnt: call addMemory "
                    "with 'targets'.");
  }
}

std::vector<MemoryDraw> Session::State::epoch_draws(const EpochOptions& options) const {
  std::vector<MemoryDraw> draws;
  if (memory.empty() && options.reservoir == 0) return draws;
  for (const MemoryDraw& draw : settings.draws) {
    if (draw.is_idle()) continue;
    require_memory_targets(draw.loss);
    if (options.reservoir > 0 && draw.loss.has_targets() && !options.stores_outputs) {
      reject("A draw is learnt against stored outputs, and the reservoir stores none: set 'storesOutputs'.");
    }
    draws.push_back(draw);
  }
  return draws;
}

double Session::deviation() const {
  const Objective objective = state_->objective();
  if (objective.off_direction) return objective.off_direction->deviation();
  if (objective.quadratics.empty()) reject("There is no penalty to measure by: call setPenalties first.");
  return objective.quadratics.front().deviation();
}

}  // namespace cl_torch
