#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <optional>
#include <string>
#include <vector>

#include "methods/penalty_settings.h"

namespace cl_torch {

// Which gradient a path goes along.
enum class PathGradient {
  kTask,   // of the loss alone, before the penalties
  kTotal,  // of all that is minimised, as the optimiser gets it
};

// A path as a session holds it.
struct PathSettings {
  std::string vector;  // that it is summed up in
  PathGradient gradient = PathGradient::kTask;
};

// An objective as a session holds it: the vectors are the session's, by their names.
struct ObjectiveSettings {
  std::vector<PenaltySettings> penalties;
  std::optional<PathSettings> path;
  std::optional<std::string> mask;  // a vector of 0 and 1
};

}  // namespace cl_torch
