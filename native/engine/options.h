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

// Which labels the gradients of an importance are taken for.
enum class Fisher {
  kExact,      // every class, by the probability that the network gives it
  kEmpirical,  // the examples' own
};

struct ImportanceOptions {
  Fisher fisher = Fisher::kExact;
  double scale = 1;
  int64_t classes = 0;  // of the network
};

struct EngineOptions {
  EngineKind kind = EngineKind::kAutograd;
  Precision precision = Precision::kFp32;
};

}  // namespace cl_torch
