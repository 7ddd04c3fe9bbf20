#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "engine/fused/cuda/objective_terms.h"
#include "engine/fused/cuda/update.h"

namespace cl_torch::fused {

// How a vector whose parts are spheres of their own is cut up for the thread blocks.
struct ChunkTables {
  std::vector<Chunk> chunks;
  std::vector<int32_t> part_begins;  // chunks of each part, and their number at the end
};
ChunkTables chunks_of(const std::vector<Range>& parts);

// Where the vectors of an update are on the device, each [models, size].
struct UpdateVectors {
  float* values;
  float* gradients;
  UpdateRule rule;
  float* first;  // the optimiser's vectors, as many as the rule has
  float* second;
};

// What an update needs on the device beside the vectors: the tables of chunks, the penalties' sums and lists.
class UpdateBuffers {
 public:
  // Makes room; before load().
  void reserve(const at::TensorOptions& options, const ObjectiveTerms& terms, const ModelBatch& models);
  // Copies the tables, once, and what an epoch begins with; a copy may be late, and reads what this object holds.
  void load(const UpdateVectors& vectors, const ObjectiveTerms& terms, cudaStream_t stream);

  // Where everything stands for an epoch's steps; the step's factors and the rounded values are the caller's to set.
  UpdatePointers pointers(const UpdateVectors& vectors, const ObjectiveTerms& terms) const;
  // How many chunks begin before an element of the vectors. They are in the vectors' order.
  int32_t chunks_before(int64_t element) const;

 private:
  void reserve_terms(const at::TensorOptions& options, const ObjectiveTerms& terms);
  PenaltyPointers penalty(const ObjectiveTerms& terms) const;
  TermPointers term_pointers(const ObjectiveTerms& terms) const;

  ModelBatch models_{};
  std::vector<Range> parts_;
  ChunkTables tables_;
  bool loaded_ = false;
  at::Tensor chunks_;       // Chunk
  at::Tensor part_begins_;  // int32 [parts + 1]
  at::Tensor products_;     // float64 [models, chunks]
  at::Tensor squares_;      // float64 [models, chunks]
  at::Tensor lengths_;      // float64 [models, parts]
  at::Tensor shares_;       // float32 [models, parts]
  // What follows is undefined until an objective has such terms.
  at::Tensor values_;             // float64 [models, chunks]
  at::Tensor weighted_products_;  // float64 [models, chunks]
  at::Tensor weighted_lengths_;   // float64 [models, parts]
  at::Tensor weighted_shares_;    // float32 [models, parts]
  std::vector<Quadratic> host_quadratics_;
  at::Tensor quadratics_;       // Quadratic [models, quadratics]
  at::Tensor seen_;             // [models, size]
  at::Tensor start_;            // [size], of a score
  at::Tensor squares_of_path_;  // [size]
};

}  // namespace cl_torch::fused
