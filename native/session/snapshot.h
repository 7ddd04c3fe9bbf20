#pragma once

// Everything a session needs to go on as if it had never stopped, as plain data; nothing here needs LibTorch or
// Node-API. Data sets and views are not in it: they are the caller's, and memory names views by their ids.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/named_tensor.h"
#include "base/streams_snapshot.h"
#include "engine/options.h"
#include "methods/objective_settings.h"
#include "nn/network_spec.h"
#include "optim/optimizer_options.h"

namespace cl_torch {

// A tensor for each parameter tensor, for each vector by its name.
using NamedVectors = std::map<std::string, std::vector<NamedTensor>>;

struct OptimizerSnapshot {
  OptimizerOptions options;
  int64_t steps = 0;
  NamedVectors vectors;
};

// What becomes of a session's vector when the network gets more classes, and with them new rows in its last tensors.
enum class Growth {
  kNewRows,  // It gets the parameters' new rows: a point that they are compared with, from which nothing has moved yet.
  kZeros,    // It gets zeros: a sum, a gradient or an importance, to which the new rows have added nothing.
  kOnes,     // It gets ones: a mask, which holds nothing of the new rows.
  kEnds,     // It ends: what was searched for among the old parameters says nothing of the new ones.
};

struct VectorSnapshot {
  Growth growth = Growth::kZeros;
  std::vector<NamedTensor> tensors;
};

// Stored outputs of a network: rows × classes, row-major.
struct TargetsSnapshot {
  int64_t classes = 0;
  std::vector<float> logits;
};

struct MemorySnapshot {
  int64_t view = 0;
  std::vector<int64_t> rows;
  std::optional<TargetsSnapshot> targets;
};

struct SessionSnapshot {
  NetworkSpec network;
  EngineOptions engine;
  std::vector<NamedTensor> parameters;
  std::vector<NamedTensor> buffers;
  std::optional<std::vector<NamedTensor>> kept_buffers;
  std::optional<OptimizerSnapshot> optimizer;
  std::map<std::string, VectorSnapshot> vectors;  // of the session
  ObjectiveSettings objective;
  std::vector<MemorySnapshot> memory;
  int64_t offered = 0;                         // examples that the memory was offered as a reservoir
  std::map<int64_t, TargetsSnapshot> targets;  // of views, by their ids
  StreamsSnapshot streams;
};

}  // namespace cl_torch
