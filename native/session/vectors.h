#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "session/snapshot.h"

namespace cl_torch {

// The name under which calls on vectors find the network's own parameters.
inline constexpr const char* kParameters = "parameters";
// What methods call the vectors that they have of their own.
inline constexpr const char* kDirection = "direction";

// A session's vector, laid out like the parameters.
struct Vector {
  at::Tensor values;  // [size]
  Growth growth;
};

using Vectors = std::map<std::string, Vector>;

class Network;

// Throws INVALID_ARGUMENT unless a vector can be called so.
void require_vector_name(const std::string& name);

// The vectors of `network` as they are when `grown`, the same network with more classes, takes its place.
Vectors grown_vectors(const Vectors& vectors, const Network& network, const Network& grown);

// Names of the vectors that a penalty measures by, and of all that an objective names.
std::vector<std::string> vectors_of(const PenaltySettings& penalty);
std::vector<std::string> vectors_of(const ObjectiveSettings& objective);

// Whether it is the penalty on leaving a direction: the case of the family that every engine does within its update.
inline bool is_off_direction(const PenaltySettings& penalty) { return penalty.direction && !penalty.importance; }

// Throws INVALID_ARGUMENT unless a session can have this objective: every vector that it names is there, and gates
// stand alone.
void require_vectors(const ObjectiveSettings& objective, const Vectors& vectors);

}  // namespace cl_torch
