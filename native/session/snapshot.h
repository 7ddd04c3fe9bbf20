#pragma once

// Everything a session needs to go on as if it had never stopped, as plain data; nothing here needs LibTorch or
// Node-API. Data sets and views are not in it: they are the caller's, and memory names views by their ids.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/named_tensor.h"
#include "engine/options.h"
#include "methods/lfd/options.h"
#include "nn/network_spec.h"
#include "optim/optimizer_options.h"

namespace cl_torch {

struct OptimizerSnapshot {
  OptimizerOptions options;
  int64_t steps = 0;
  std::vector<NamedTensor> first_moment;
  std::vector<NamedTensor> second_moment;
};

struct DirectionSnapshot {
  bool per_tensor = false;
  double radius = 1;
  std::vector<NamedTensor> values;
};

// What is none is the session's own, as it is right after setPenalty.
struct PenaltySnapshot {
  PenaltyOptions options;
  std::optional<DirectionSnapshot> direction;
  std::optional<std::vector<NamedTensor>> anchor;
};

struct MemorySnapshot {
  int64_t view = 0;
  std::vector<int64_t> rows;
};

// States of the random streams, as LibTorch writes them. The device's are none on the CPU, where they are the host's.
struct StreamsSnapshot {
  std::vector<uint8_t> host;
  std::vector<uint8_t> method;
  std::optional<std::vector<uint8_t>> device;
  std::optional<std::vector<uint8_t>> method_device;
};

struct SessionSnapshot {
  NetworkSpec network;
  EngineOptions engine;
  std::vector<NamedTensor> parameters;
  std::vector<NamedTensor> buffers;
  std::optional<OptimizerSnapshot> optimizer;
  std::optional<std::vector<NamedTensor>> anchor;
  std::optional<DirectionSnapshot> direction;
  std::optional<PenaltySnapshot> penalty;
  std::vector<MemorySnapshot> memory;
  StreamsSnapshot streams;
};

}  // namespace cl_torch
