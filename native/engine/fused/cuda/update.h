#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/model_batch.h"
#include "optim/step_factors.h"

namespace cl_torch::fused {

// Consecutive parameters that one thread block updates, four by four; all lie in one part of the penalty's sphere.
struct Chunk {
  int64_t begin;  // a multiple of kChunkUnit,
  int32_t count;  // and so is this
  int32_t part;
};
inline constexpr int32_t kChunk = 2048;
inline constexpr int32_t kChunkUnit = 4;

// The penalty's side of an update: alpha ||delta||^2, delta = s - share nu, s = w - w_t, share = <nu, s> / <nu, nu>.
struct PenaltyPointers {
  const float* direction;  // nu, of length 1; null: no penalty
  const float* anchor;     // w_t
  double alpha;
  int32_t parts;
  const int32_t* part_begins;  // chunks of each part, [parts + 1]
  double* products;            // <nu, s> of each chunk
  double* squares;             // ||delta||^2 of each chunk
  double* lengths;             // <nu, nu> of each part
  float* shares;               // of each part
  bool operator==(const PenaltyPointers&) const = default;
};

// One update by the optimiser with the penalty, and where everything that it reads and writes stands on the device.
struct UpdatePointers {
  ModelBatch models;
  float* values;
  const float* gradients;
  UpdateRule rule;
  float* first;  // the optimiser's vectors, as many as the rule has
  float* second;
  void* rounded;  // the values in bfloat16, kept up to date; null: none are kept
  const Chunk* chunks;
  int32_t chunk_count;
  const StepFactors* factors;  // [steps, models]
  int32_t* step;               // [models]
  PenaltyPointers penalty;
  bool operator==(const UpdatePointers&) const = default;
};

// Before an epoch with a penalty: lengths, products and shares at the parameters now.
void launch_start_penalty(const UpdatePointers& pointers, cudaStream_t stream);

// Some of the chunks.
struct ChunkRange {
  int32_t begin;
  int32_t end;
};

// Updates the parameters of these chunks with their gradients and the penalty's; leaves the new products and the old
// squares.
void launch_update(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream);

// Ends a step: losses[step, model] = the mean of row_losses, penalty included; new shares; step + 1.
void launch_end_step(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream);

}  // namespace cl_torch::fused
