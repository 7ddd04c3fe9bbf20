#pragma once

// Plain types: this header keeps LibTorch out of the files that include it.

#include <cstdint>
#include <optional>
#include <string>

#include "engine/options.h"
#include "nn/network_spec.h"

namespace cl_torch {

// The GEMMs of an epoch over `rows` rows.
struct GemmTimingOptions {
  NetworkSpec network;  // an MLP
  Precision precision;  // of the fused engine's GEMMs; another than fp32 on a GPU only
  int64_t rows;
  int64_t batch_size;
  std::string device;  // `cpu` or `cuda:N`, which must be usable (require_device)
  int threads;         // on the CPU
};

struct GemmTimes {
  double libtorch_seconds = 0;        // in LibTorch's routines, float32
  std::optional<double> own_seconds;  // in the fused engine's own, in its precision; none on a GPU without its kernels
  double operations = 0;              // floating-point: two for each multiplication and addition
};

// How long the matrix products alone of an epoch take, with nothing between them: what is left of an epoch when
// everything else costs nothing. A step has one a layer forward, one for its weights' gradient and, but for the first
// layer, one for its inputs' gradient. Measures on a thread of its own, which gets a team of its own, and returns when
// it is done.
GemmTimes time_gemm(const GemmTimingOptions& options);

}  // namespace cl_torch
