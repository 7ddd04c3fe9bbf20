// Session's calls on the objective.
#include <utility>

#include "session/state.h"

namespace cl_torch {

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
  if (settings.mask) {
    fresh.mask = values_of(*settings.mask);
    const bool right = fresh.mask.eq(0).logical_or_(fresh.mask.eq(1)).all().item<bool>();
    if (!right) reject("The mask '" + *settings.mask + "' must be 0 or 1 everywhere.");
  }
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
  if (path) {
    require_vector_name(path->vector);
    Vector& vector = vectors.try_emplace(path->vector, Vector{{}, Growth::kZeros}).first->second;
    if (!vector.values.defined()) vector.values = at::zeros_like(parameters);
    vector.growth = Growth::kZeros;
  }
  state_->require_objective(state_->engine_options, wanted, vectors);
  state_->vectors = std::move(vectors);
  state_->set_objective(std::move(wanted));
}

void Session::set_mask(const std::optional<std::string>& mask) {
  ObjectiveSettings wanted = state_->settings;
  wanted.mask = mask;
  state_->set_objective(std::move(wanted));
  if (mask) state_->vectors.at(*mask).growth = Growth::kOnes;
}

double Session::deviation() const {
  const Objective objective = state_->objective();
  if (objective.off_direction) return objective.off_direction->deviation();
  if (objective.quadratics.empty()) reject("There is no penalty to measure by: call setPenalties first.");
  return objective.quadratics.front().deviation();
}

}  // namespace cl_torch
