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

// Throws INVALID_ARGUMENT unless a session can have these penalties: every vector that they measure by is there.
void require_penalties(const std::vector<PenaltySettings>& penalties, const Vectors& vectors);

}  // namespace cl_torch
