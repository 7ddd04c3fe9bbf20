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

// The side of an update that is the penalty on leaving a direction: alpha sum importance delta^2, delta = s - share nu,
// s = w - w_t, share = <nu, s> / <nu, nu>.
struct PenaltyPointers {
  const float* direction;  // nu; null: no penalty
  const float* anchor;     // w_t
  double alpha;
  int32_t parts;
  const int32_t* part_begins;  // chunks of each part, [parts + 1]
  double* products;            // <nu, s> of each chunk
  double* squares;             // ||delta||^2 of each chunk
  double* lengths;             // <nu, nu> of each part
  float* shares;               // of each part
  // With an importance the gradient is 2 alpha (importance delta - weighted_share nu), and weighted_share is
  // <nu, importance delta> / <nu, nu>. What is summed for it: the same as above, times the importance.
  const float* importance;  // null: 1
  double* weighted_products;
  double* weighted_lengths;
  float* weighted_shares;
  bool operator==(const PenaltyPointers&) const = default;
};

// strength sum importance (w - anchor)^2, by vectors of one model.
struct Quadratic {
  const float* anchor;
  const float* importance;  // null: 1
  float strength;
};

// A path that is judged every few steps, as methods/path_score.h has it.
struct ScorePointers {
  float* score;  // null: it is not
  float* curvature;
  float* start;         // the parameters where the interval began
  float* squares;       // of its gradients
  int64_t steps;        // of an interval
  int64_t epoch_steps;  // the last interval ends with the epoch
  float decay;
  float damping;
  bool operator==(const ScorePointers&) const = default;
};

// What else an update may have. Its vectors are [models, size].
struct TermPointers {
  double* values;               // of the penalties, of each chunk, [models, chunks]; null: there is nothing else
  const Quadratic* quadratics;  // [models, quadratic_count]
  int32_t quadratic_count;
  const float* mask;    // 0: the parameter does not move; null: all do
  const float* hiding;  // 0: the parameter is 0 to the network; null: none is
  float* seen;          // the values as the network has them, kept up to date; null: those themselves
  float* path;          // null: none
  bool path_of_total;   // it goes along all that is minimised, or along the loss alone
  ScorePointers score;
  bool operator==(const TermPointers&) const = default;
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
  TermPointers terms;
  bool operator==(const UpdatePointers&) const = default;
};

// Before an epoch with a penalty on leaving a direction: lengths, products and shares at the parameters now.
void launch_start_penalty(const UpdatePointers& pointers, cudaStream_t stream);

// Some of the chunks.
struct ChunkRange {
  int32_t begin;
  int32_t end;
};

// Updates the parameters of these chunks with their gradients and the penalties'; leaves the new products and the old
// squares, or values.
void launch_update(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream);

// Ends a step: losses[step, model] = the mean of row_losses, penalty included; new shares; step + 1.
void launch_end_step(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream);

// The parts of these that are for terms (update_terms.cu).
void launch_start_weighted_penalty(const UpdatePointers& pointers, cudaStream_t stream);
void launch_update_with_terms(const UpdatePointers& pointers, const ChunkRange& chunks, cudaStream_t stream);
void launch_end_step_with_terms(const UpdatePointers& pointers, const double* row_losses, int64_t rows, float* losses,
                                cudaStream_t stream);

// seen = values, but 0 where `hiding` is.
void launch_hide(const UpdatePointers& pointers, cudaStream_t stream);

}  // namespace cl_torch::fused
