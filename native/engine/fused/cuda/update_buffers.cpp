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

void UpdateBuffers::reserve(const at::TensorOptions& options, const ObjectiveTerms& terms, const ModelBatch& models) {
  std::vector<Range> parts = {{0, models.stride}};
  if (!terms.parts.empty()) parts = terms.parts;
  if (parts != parts_ || models != models_) {
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
  if (terms.has_more()) reserve_terms(options, terms);
}

// Each by itself: what is there stays where a step that was captured reads it.
void UpdateBuffers::reserve_terms(const at::TensorOptions& options, const ObjectiveTerms& terms) {
  if (!values_.defined()) values_ = at::empty_like(products_);
  if (terms.vectors[ObjectiveTerms::kImportance].defined() && !weighted_shares_.defined()) {
    weighted_products_ = at::empty_like(products_);
    weighted_lengths_ = at::empty_like(lengths_);
    weighted_shares_ = at::empty_like(shares_);
  }
  const auto bytes = static_cast<int64_t>(terms.quadratics.size() * sizeof(Quadratic));
  if (!quadratics_.defined() || quadratics_.numel() < bytes) quadratics_ = at::empty({bytes}, options.dtype(at::kByte));
  const auto reserve_vector = [&](at::Tensor& vector) {
    if (!vector.defined()) vector = at::empty({models_.count * models_.stride}, options);
  };
  if (terms.vectors[ObjectiveTerms::kHiding].defined()) reserve_vector(seen_);
  if (!terms.score) return;
  reserve_vector(start_);
  reserve_vector(squares_of_path_);
}

void UpdateBuffers::load(const UpdateVectors& vectors, const ObjectiveTerms& terms, cudaStream_t stream) {
  const auto copy = [&](const at::Tensor& target, const void* source, size_t bytes, cudaMemcpyKind kind) {
    check(cudaMemcpyAsync(target.mutable_data_ptr(), source, bytes, kind, stream), "copying tables to the GPU");
  };
  if (!loaded_) {
    copy(chunks_, tables_.chunks.data(), chunks_.nbytes(), cudaMemcpyHostToDevice);
    copy(part_begins_, tables_.part_begins.data(), part_begins_.nbytes(), cudaMemcpyHostToDevice);
    loaded_ = true;
  }
  if (!terms.quadratics.empty()) {
    host_quadratics_ = terms.quadratics;
    copy(quadratics_, host_quadratics_.data(), host_quadratics_.size() * sizeof(Quadratic), cudaMemcpyHostToDevice);
  }
  if (!terms.score) return;
  copy(start_, vectors.values, start_.nbytes(), cudaMemcpyDeviceToDevice);
  check(cudaMemsetAsync(squares_of_path_.mutable_data_ptr(), 0, squares_of_path_.nbytes(), stream),
        "beginning a path's interval");
}

int32_t UpdateBuffers::chunks_before(int64_t element) const {
  const auto& chunks = tables_.chunks;
  const auto end =
      std::partition_point(chunks.begin(), chunks.end(), [&](const Chunk& chunk) { return chunk.begin < element; });
  return static_cast<int32_t>(end - chunks.begin());
}

UpdatePointers UpdateBuffers::pointers(const UpdateVectors& vectors, const ObjectiveTerms& terms) const {
  UpdatePointers pointers{};
  pointers.models = models_;
  pointers.values = vectors.values;
  pointers.gradients = vectors.gradients;
  pointers.rule = vectors.rule;
  pointers.first = vectors.first;
  pointers.second = vectors.second;
  pointers.chunks = static_cast<const Chunk*>(chunks_.const_data_ptr());
  pointers.chunk_count = static_cast<int32_t>(tables_.chunks.size());
  if (terms.data(ObjectiveTerms::kDirection)) pointers.penalty = penalty(terms);
  if (terms.has_more()) pointers.terms = term_pointers(terms);
  return pointers;
}

PenaltyPointers UpdateBuffers::penalty(const ObjectiveTerms& terms) const {
  PenaltyPointers result{terms.data(ObjectiveTerms::kDirection),
                         terms.data(ObjectiveTerms::kAnchor),
                         terms.alpha,
                         static_cast<int32_t>(parts_.size()),
                         part_begins_.const_data_ptr<int32_t>(),
                         products_.mutable_data_ptr<double>(),
                         squares_.mutable_data_ptr<double>(),
                         lengths_.mutable_data_ptr<double>(),
                         shares_.mutable_data_ptr<float>(),
                         terms.data(ObjectiveTerms::kImportance),
                         nullptr,
                         nullptr,
                         nullptr};
  if (!result.importance) return result;
  result.weighted_products = weighted_products_.mutable_data_ptr<double>();
  result.weighted_lengths = weighted_lengths_.mutable_data_ptr<double>();
  result.weighted_shares = weighted_shares_.mutable_data_ptr<float>();
  return result;
}

TermPointers UpdateBuffers::term_pointers(const ObjectiveTerms& terms) const {
  TermPointers result{};
  result.values = values_.mutable_data_ptr<double>();
  result.quadratics = static_cast<const Quadratic*>(quadratics_.const_data_ptr());
  result.quadratic_count = static_cast<int32_t>(static_cast<int64_t>(terms.quadratics.size()) / models_.count);
  result.mask = terms.data(ObjectiveTerms::kMask);
  result.hiding = terms.data(ObjectiveTerms::kHiding);
  if (result.hiding) result.seen = seen_.mutable_data_ptr<float>();
  result.path = terms.data(ObjectiveTerms::kPath);
  result.path_of_total = terms.path_of_total;
  if (const PathScore* score = terms.score) {
    result.score = {score->score.mutable_data_ptr<float>(),
                    score->curvature.mutable_data_ptr<float>(),
                    start_.mutable_data_ptr<float>(),
                    squares_of_path_.mutable_data_ptr<float>(),
                    score->steps,
                    terms.epoch_steps,
                    static_cast<float>(score->decay),
                    static_cast<float>(score->damping)};
  }
  return result;
}

}  // namespace cl_torch::fused
