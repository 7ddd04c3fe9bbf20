#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "methods/batch_loss.h"
#include "methods/penalty_settings.h"

namespace cl_torch {

// Which gradient a path goes along.
enum class PathGradient {
  kTask,   // of the loss alone, before a rule changes it and penalties are added
  kTotal,  // of all that is minimised, as the optimiser gets it
};

// How a path is judged interval by interval (methods/path_score.h); the vectors by their names.
struct PathScoreSettings {
  std::string vector;
  std::string curvature;
  int64_t steps = 1;
  double decay = 0;
  double damping = 1;
};

// A path as a session holds it.
struct PathSettings {
  std::string vector;  // that it is summed up in
  PathGradient gradient = PathGradient::kTask;
  std::optional<PathScoreSettings> score{};

  // Names of its vectors, which are made of zeros.
  std::vector<std::string> vectors() const {
    if (!score) return {vector};
    return {vector, score->vector, score->curvature};
  }
};

// Gates of hidden units as a session holds them (methods/unit_gates.h); the vectors by their names.
struct GateSettings {
  std::string embedding;
  std::string used;
  double steepness = 1;
  double capacity = 0;
  double rate = 0;
};

// An objective as a session holds it: the vectors are the session's, by their names.
struct ObjectiveSettings {
  std::vector<PenaltySettings> penalties;
  std::optional<PathSettings> path;
  std::optional<std::string> mask;  // a vector of 0 and 1
  bool mask_hides = false;          // whether parameters with 0 count as 0
  BatchLoss batch;                  // of the task's examples; joined ones of the memory have its cross-entropy
  std::vector<MemoryDraw> draws;
  std::vector<std::string> frozen;  // names of parameters' tensors that do not move
  std::optional<GateSettings> gates;
};

// What an objective may have beside cross-entropy and one penalty on leaving a direction, which every engine has.
enum class ObjectivePart { kPenalties, kDirections, kPath, kMask, kTargets, kDraws, kBinary, kPresent, kGates };

// Those that it has.
inline std::vector<ObjectivePart> parts_of(const ObjectiveSettings& objective) {
  std::vector<ObjectivePart> parts;
  const auto& penalties = objective.penalties;
  const bool is_simple =
      penalties.empty() || (penalties.size() == 1 && penalties.front().direction && !penalties.front().importance);
  if (!is_simple) parts.push_back(ObjectivePart::kPenalties);
  const auto has_direction = [](const PenaltySettings& penalty) { return penalty.direction.has_value(); };
  if (std::count_if(penalties.begin(), penalties.end(), has_direction) > 1) parts.push_back(ObjectivePart::kDirections);
  if (objective.path) parts.push_back(ObjectivePart::kPath);
  if (objective.mask || !objective.frozen.empty()) parts.push_back(ObjectivePart::kMask);
  if (!objective.batch.is_plain()) parts.push_back(ObjectivePart::kTargets);
  if (!objective.draws.empty()) parts.push_back(ObjectivePart::kDraws);
  const auto any_loss = [&](const auto& has) {
    return has(objective.batch) || std::any_of(objective.draws.begin(), objective.draws.end(),
                                               [&](const MemoryDraw& draw) { return has(draw.loss); });
  };
  if (any_loss([](const BatchLoss& loss) { return loss.has_sigmoids(); })) parts.push_back(ObjectivePart::kBinary);
  if (any_loss([](const BatchLoss& loss) { return loss.present_only; })) parts.push_back(ObjectivePart::kPresent);
  if (objective.gates) parts.push_back(ObjectivePart::kGates);
  return parts;
}

}  // namespace cl_torch
