#pragma once

// What the calls of a session take and give: plain types, which need neither LibTorch nor Node-API.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/named_tensor.h"
#include "data/rows.h"

namespace cl_torch {

// What a network makes of its inputs.
enum class Output { kLogits, kProbabilities };

// An epoch of training, or of several views together.
struct EpochOptions {
  std::vector<int64_t> views;
  bool of_memory = false;     // of the memory's examples, not of views
  bool joins_memory = false;  // of the memory's examples beside those of the views, all shuffled together
  int64_t batch_size = 1;
  bool drops_short = false;     // a last step of fewer examples
  int64_t most_steps = 0;       // the rest of the epoch is left out; 0: none is
  int64_t rehearsal = 0;        // examples of the memory that join every batch; 0 for none
  int64_t reservoir = 0;        // size of the reservoir that the memory is meanwhile; 0: it stays as it is
  bool stores_outputs = false;  // with the network's outputs for what the reservoir takes
  bool stops_diverged = false;  // ends with the first loss that is no finite number
  int64_t epoch = 0;            // its number within the task, and
  int64_t epochs = 1;           // the task's epochs: by them the schedule sets the learning rate
  std::optional<Augmentation> augmentation = std::nullopt;
};

struct EpochOutcome {
  std::vector<float> losses;  // one a step
  // The first step, from 0, whose loss is no finite number; or the last one, when it left such parameters.
  std::optional<int64_t> diverged;
  double learning_rate = 0;  // of its steps
  // Whether its steps were replayed as CUDA graphs, or had to run one by one; none where the engine has no graphs.
  std::optional<bool> cuda_graphs;
  double seconds = 0;
};

struct EvaluationOptions {
  std::vector<int64_t> views;
  int64_t batch_size = 1;
  bool draws = true;  // from the training's random stream, as a pass over a PyTorch loader does
};

struct EvaluationOutcome {
  std::vector<double> correct;         // one a view, as the next
  std::vector<double> correct_in_own;  // of the task's own classes
  std::vector<double> total;
  double seconds = 0;
};

// The memory, and what is stored beside its examples and the views'.
struct MemoryInfo {
  int64_t examples = 0;
  int64_t target_bytes = 0;  // of stored outputs, those of views included
  int64_t offered = 0;       // examples that it was offered as a reservoir
};

// The class that stands for none: of a row whose outputs are not all numbers, so that no class is the most probable.
inline constexpr int32_t kNoClass = -1;

struct ClassesOutcome {
  std::vector<int32_t> labels;       // one a row; the first of several equals, or kNoClass
  std::vector<float> probabilities;  // rows × classes, row-major; empty unless wanted
};

// What a network's last layer takes of rows.
struct Features {
  std::vector<float> values;  // rows × width, row-major
  int64_t width = 0;
};

struct ScoreOutcome {
  int64_t correct = 0;  // rows whose class is their label
  double loss = 0;      // cross-entropy, summed over the rows
};

}  // namespace cl_torch
