#pragma once

// Plain types of the LFD parts; nothing here needs LibTorch or Node-API.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cl_torch {

struct DirectionOptions {
  bool per_tensor;  // a sphere for each parameter tensor, or one for all
  double radius;
  std::vector<double> ratios;         // R
  double learning_rate;               // eta
  double momentum;                    // mu
  bool decays;                        // eta / 10 at 1/2 and at 3/4 of the iterations
  int64_t iterations;                 // 0: the random direction stays
  int64_t batch_size;                 // examples of the memory in an iteration
  double smoothing;                   // share of the previous task's direction
  bool batch_statistics;              // of BatchNorm: of each batch, or the running ones
  bool training_stream;               // draw from the training's stream, as the reference implementation does
  std::optional<std::string> layers;  // a vector of 0 and 1: the direction has nothing where it is 0
};

struct DirectionOutcome {
  std::optional<double> objective_first;  // g on the whole memory; none without a memory
  std::optional<double> objective_last;
  std::vector<double> path;  // g on each iteration's batch, before its step
  double seconds = 0;
};

// Of BatchNorm, on the line to the equilibrium point.
enum class Statistics {
  kRunning,       // those that are there, which are the new network's
  kInterpolated,  // between those of the old network and the new one's; beyond one of the two, its own
  kBatch,         // of each batch
};

struct EquilibriumOptions {
  std::string anchor;  // the vector that the line comes from
  double start;
  double learning_rate;
  double clip;  // bound on |dL/dlambda|
  bool decays;
  int64_t iterations;
  int64_t batch_size;
  Statistics statistics;
  std::optional<std::string> layers;  // a vector of 0 and 1: where it is 0, the line has the new parameters alone
  std::optional<std::vector<double>> clamp;  // [least, most]
};

struct EquilibriumOutcome {
  std::vector<double> path;  // lambda at the start and after each step
  double loss_old = 0;       // L_M on the whole memory at lambda = 0
  double loss_new = 0;       // at lambda = 1
  double loss = 0;           // at the lambda found
  double seconds = 0;
};

}  // namespace cl_torch
