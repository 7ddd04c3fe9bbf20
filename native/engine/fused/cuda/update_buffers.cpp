#include "engine/fused/cuda/update_buffers.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "engine/fused/cuda/check.h"

namespace cl_torch::fused {

ChunkTables chunks_of(const std::vector<Range>& parts) {
  ChunkTables tables;
  for (size_t part = 0; part < parts.size(); ++part) {
    tables.part_begins.push_back(static_cast<int32_t>(tables.chunks.size()));
    // Rounded up: behind the part's last element lie zeros, which stay zero.
    const int64_t rounded = (parts[part].count + kChunkUnit - 1) / kChunkUnit * kChunkUnit;
    for (int64_t done = 0; done < rounded; done += kChunk) {
      const int64_t count = std::min<int64_t>(kChunk, rounded - done);
      tables.chunks.push_back({parts[part].offset + done, static_cast<int32_t>(count), static_cast<int32_t>(part)});
    }
  }
  tables.part_begins.push_back(static_cast<int32_t>(tables.chunks.size()));
  return tables;
}

void UpdateBuffers::reserve(const at::TensorOptions& options, const OffDirectionPenalty* penalty,
                            const ModelBatch& models) {
  std::vector<Range> parts = {{0, models.stride}};
  if (penalty) parts = penalty->sphere().parts();
  if (parts == parts_ && models == models_) return;
  // Where an allocation fails, all stays as it was.
  UpdateBuffers fresh;
  fresh.parts_ = std::move(parts);
  fresh.models_ = models;
  fresh.tables_ = chunks_of(fresh.parts_);
  const auto chunks = static_cast<int64_t>(fresh.tables_.chunks.size());
  const auto count = static_cast<int64_t>(fresh.parts_.size());
  fresh.chunks_ = at::empty({chunks * static_cast<int64_t>(sizeof(Chunk))}, options.dtype(at::kByte));
  fresh.part_begins_ = at::empty({count + 1}, options.dtype(at::kInt));
  fresh.products_ = at::empty({models.count, chunks}, options.dtype(at::kDouble));
  fresh.squares_ = at::empty({models.count, chunks}, options.dtype(at::kDouble));
  fresh.lengths_ = at::empty({models.count, count}, options.dtype(at::kDouble));
  fresh.shares_ = at::empty({models.count, count}, options);
  *this = std::move(fresh);
}

void UpdateBuffers::load(cudaStream_t stream) {
  if (loaded_) return;
  check(cudaMemcpyAsync(chunks_.mutable_data_ptr(), tables_.chunks.data(), chunks_.nbytes(), cudaMemcpyHostToDevice,
                        stream),
        "copying tables to the GPU");
  check(cudaMemcpyAsync(part_begins_.mutable_data_ptr(), tables_.part_begins.data(), part_begins_.nbytes(),
                        cudaMemcpyHostToDevice, stream),
        "copying tables to the GPU");
  loaded_ = true;
}

int32_t UpdateBuffers::chunks_before(int64_t element) const {
  const auto& chunks = tables_.chunks;
  const auto end =
      std::partition_point(chunks.begin(), chunks.end(), [&](const Chunk& chunk) { return chunk.begin < element; });
  return static_cast<int32_t>(end - chunks.begin());
}

UpdatePointers UpdateBuffers::pointers(const UpdateVectors& vectors) const {
  UpdatePointers pointers{};
  pointers.models = models_;
  pointers.values = vectors.values;
  pointers.gradients = vectors.gradients;
  pointers.rule = vectors.rule;
  pointers.first = vectors.first;
  pointers.second = vectors.second;
  pointers.chunks = static_cast<const Chunk*>(chunks_.const_data_ptr());
  pointers.chunk_count = static_cast<int32_t>(tables_.chunks.size());
  if (!vectors.direction) return pointers;
  pointers.penalty = {vectors.direction,
                      vectors.anchor,
                      vectors.alpha,
                      static_cast<int32_t>(parts_.size()),
                      part_begins_.const_data_ptr<int32_t>(),
                      products_.mutable_data_ptr<double>(),
                      squares_.mutable_data_ptr<double>(),
                      lengths_.mutable_data_ptr<double>(),
                      shares_.mutable_data_ptr<float>()};
  return pointers;
}

}  // namespace cl_torch::fused
