#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "engine/fused/cuda/update.h"
#include "methods/penalty.h"

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
  const float* direction;  // of length 1; null: no penalty
  const float* anchor;
  double alpha;
};

// What an update needs on the device beside the vectors: the tables of chunks, and the penalty's sums.
class UpdateBuffers {
 public:
  // Makes room; before load(). `penalty` may be null; it is like every model's.
  void reserve(const at::TensorOptions& options, const OffDirectionPenalty* penalty, const ModelBatch& models);
  // Copies the tables, once; a copy may be late, and reads what this object holds.
  void load(cudaStream_t stream);

  // Where everything stands for an epoch's steps; the step's factors and the rounded values are the caller's to set.
  UpdatePointers pointers(const UpdateVectors& vectors) const;
  // How many chunks begin before an element of the vectors. They are in the vectors' order.
  int32_t chunks_before(int64_t element) const;

 private:
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
};

}  // namespace cl_torch::fused
