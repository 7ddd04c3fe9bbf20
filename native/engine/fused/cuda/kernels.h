#pragma once

// The kernels' launches: all return at once, their work is done in the stream's order. Matrices are row-major in
// device memory, and everything is there once for each model (matrix_stride); shapes are one model's.

#include <cuda_runtime_api.h>

#include "engine/fused/cuda/arithmetic.h"

namespace cl_torch::fused {

// Element type of the matrix products' inputs.
enum class Element { kFloat32, kBFloat16 };

// How many models, and the elements from one's parameters to the next one's.
struct ModelBatch {
  int64_t count;
  int64_t stride;
  bool operator==(const ModelBatch&) const = default;
};

// inputs: [rows, features]; labels: [rows].
void launch_gather(const Selection& from, int64_t models, int64_t rows, int64_t features, Element element, void* inputs,
                   int64_t* labels, cudaStream_t stream);

// target[i] = source[i], rounded to bfloat16.
void launch_round(const float* source, void* target, int64_t count, cudaStream_t stream);

// z = relu(z + bias), in place. z: [rows, width]. A bias is a part of its model's parameters.
void launch_bias_relu(void* z, Element element, const float* bias, const ModelBatch& models, int64_t rows,
                      int64_t width, cudaStream_t stream);

// losses: each row's cross-entropy of logits + bias, [rows]. gradient, unless null: scale (softmax - one-hot),
// [rows, classes].
struct CrossEntropy {
  ModelBatch models;
  const float* logits;
  const float* bias;
  const int64_t* labels;
  int64_t rows;
  int64_t classes;
  float scale;
  double* losses;
  void* gradient;
  Element element;
};
void launch_cross_entropy(const CrossEntropy& of, cudaStream_t stream);

// Adds to `count` the rows whose largest logit + bias is their label's. One model.
void launch_count_correct(const float* logits, const float* bias, const int64_t* labels, int64_t rows, int64_t classes,
                          unsigned long long* count, cudaStream_t stream);

// gradient *= (activations > 0), unless activations is null; sums = or += its column sums, a part of the parameters'
// gradient. Both [rows, width].
struct MaskAndSum {
  ModelBatch models;
  void* gradient;
  const void* activations;
  Element element;
  int64_t rows;
  int64_t width;
  float* sums;
  bool add;
};
void launch_mask_and_sum(const MaskAndSum& of, cudaStream_t stream);

// mean = the mean of `losses`, summed in a fixed order. One model.
void launch_mean(const double* losses, int64_t rows, double* mean, cudaStream_t stream);

// Consecutive parameters that one thread block updates; all lie in one part of the penalty's sphere.
struct Chunk {
  int64_t begin;
  int32_t count;
  int32_t part;
};
inline constexpr int32_t kChunk = 2048;

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

// One AdamW update with the penalty, and where it stands.
struct UpdatePointers {
  ModelBatch models;
  float* values;
  const float* gradients;
  float* first;
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
void launch_start_penalty(const UpdatePointers& of, cudaStream_t stream);

// Updates the parameters with their gradients and the penalty's; leaves the new products and the old squares.
void launch_update(const UpdatePointers& of, cudaStream_t stream);

// Ends a step: losses[step, model] = the mean of row_losses, penalty included; new shares; step + 1.
void launch_end_step(const UpdatePointers& of, const double* row_losses, int64_t rows, float* losses,
                     cudaStream_t stream);

}  // namespace cl_torch::fused
