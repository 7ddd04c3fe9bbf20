#pragma once

// Plain types shared by the core and the Node layer; nothing here needs LibTorch or Node-API.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "error.h"

namespace cl_torch {

struct AdamWOptions {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
};

// Which arithmetic trains a model.
enum class EngineKind {
  kAutograd,  // what PyTorch's eager mode does, operation for operation
  kFused,     // derived by hand, and fast; equal within rounding
};

// Of the fused engine's matrix products on a GPU.
enum class Precision { kFp32, kTf32, kBf16 };

struct EngineOptions {
  EngineKind kind = EngineKind::kAutograd;
  Precision precision = Precision::kFp32;
};

// Examples of a data set, copied out of JavaScript's memory.
struct DatasetRows {
  std::variant<std::unique_ptr<uint8_t[]>, std::unique_ptr<float[]>> images;  // rows × features
  std::vector<int32_t> labels;                                                // rows
  int64_t rows = 0;
  int64_t features = 0;
};

// The same on the way back.
struct ExampleRows {
  std::variant<std::vector<uint8_t>, std::vector<float>> images;
  std::vector<int32_t> labels;
  int64_t features = 0;
};

// What a network makes of its inputs.
enum class Output { kLogits, kProbabilities };

// An epoch of training, or of several views together.
struct EpochOptions {
  std::vector<int64_t> views;
  int64_t batch_size = 1;
  int64_t rehearsal = 0;        // examples of the memory that join every batch; 0 for none
  bool stops_diverged = false;  // ends with the first loss that is no finite number
};

struct EpochOutcome {
  std::vector<float> losses;  // one a step
  // The first step, from 0, whose loss is no finite number; or the last one, when it left such parameters.
  std::optional<int64_t> diverged;
  double seconds = 0;
};

struct EvaluationOptions {
  std::vector<int64_t> views;
  int64_t batch_size = 1;
  bool draws = true;  // from the training's random stream, as a pass over a PyTorch loader does
};

struct EvaluationOutcome {
  std::vector<double> correct;  // one a view
  std::vector<double> total;
  double seconds = 0;
};

// The class that stands for none: of a row whose outputs are not all numbers, so that no class is the most probable.
inline constexpr int32_t kNoClass = -1;

struct ClassesOutcome {
  std::vector<int32_t> labels;        // one a row; the first of several equals, or kNoClass
  std::vector<float> probabilities;   // rows × classes, row-major; empty unless wanted
};

struct ScoreOutcome {
  int64_t correct = 0;  // rows whose class is their label
  double loss = 0;      // cross-entropy, summed over the rows
};

struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;
};

struct GradientOutcome {
  double loss = 0;
  std::vector<NamedTensor> gradient;
};

struct MatrixProductsOutcome {
  double libtorch_seconds = 0;
  std::optional<double> own_seconds;
  double operations = 0;  // floating-point
};

inline Error cancellation() { return Error(code::kAborted, "The call was cancelled."); }

// What a long job asks and tells; called by the thread that trains.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual bool cancelled() const = 0;
  // Whether a report is wanted now: reading the loss back may wait for the device.
  virtual bool report_due() = 0;
  virtual void report(int64_t step, int64_t steps, double loss) = 0;
  // Whether training goes on after a step with this loss. Asked wherever the loss is at hand without waiting for it.
  virtual bool accepts(double) const { return true; }

  void stop_if_cancelled() const {
    if (cancelled()) throw cancellation();
  }
};

}  // namespace cl_torch
