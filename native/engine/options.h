#pragma once

// Plain types, which need neither LibTorch nor Node-API.

#include <cstdint>

namespace cl_torch {

// Which arithmetic trains a model.
enum class EngineKind {
  kAutograd,  // what PyTorch's eager mode does, operation for operation
  kFused,     // derived by hand, and fast; equal within rounding
};

// Of the fused engine's GEMMs on a GPU.
enum class Precision { kFp32, kTf32, kBf16 };

// What of each row an importance is the sum of.
enum class ImportanceKind {
  // The squares of the gradient of -log p(label | row), the diagonal of the Fisher information, for
  kExact,      // every label, by the probability that the network gives it;
  kEmpirical,  // the row's own label;
  kSampled,    // one that is drawn by these probabilities.
  kOutputs,    // The absolute values of the gradient of the outputs' squared length (Aljundi et al., 2018).
};

struct ImportanceOptions {
  ImportanceKind kind = ImportanceKind::kExact;
  double scale = 1;
  int64_t classes = 0;  // of the network
};

struct EngineOptions {
  EngineKind kind = EngineKind::kAutograd;
  Precision precision = Precision::kFp32;
};

}  // namespace cl_torch
