#include "dataset.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

namespace cl_torch {
namespace {

constexpr int64_t kRowsPerChunk = 16;

at::Tensor adopt_images(std::unique_ptr<uint8_t[]> images, int64_t rows, int64_t features) {
  uint8_t* data = images.release();
  return at::from_blob(data, {rows, features}, [data](void*) { delete[] data; }, at::kByte);
}

at::Tensor as_class_indices(const std::vector<uint8_t>& labels) {
  at::Tensor indices = at::empty({static_cast<int64_t>(labels.size())}, at::kLong);
  std::copy(labels.begin(), labels.end(), indices.mutable_data_ptr<int64_t>());
  return indices;
}

at::Tensor as_tensor(const std::vector<int32_t>& values) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, at::kInt);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<int32_t>());
  return tensor;
}

}  // namespace

Dataset::Dataset(DatasetBytes bytes, const c10::Device& device)
    : largest_label_(*std::max_element(bytes.labels.begin(), bytes.labels.end())),
      images_(adopt_images(std::move(bytes.images), bytes.rows, bytes.features).to(device)),
      labels_(as_class_indices(bytes.labels).to(device)) {}

TaskView::TaskView(std::shared_ptr<const Dataset> dataset, const std::vector<int32_t>& permutation)
    : dataset_(std::move(dataset)) {
  const c10::Device device = dataset_->images().device();
  permutation_ = as_tensor(permutation).to(device);
  // The quotient is rounded on the CPU: CUDA's division by a scalar multiplies with the reciprocal instead.
  pixel_value_ = (at::arange(256, at::kFloat) / 255).to(device);
}

Batch TaskView::batch(const at::Tensor& rows) {
  const at::Tensor labels = dataset_->labels().index_select(0, rows);
  if (rows.is_cpu()) return {gather_on_cpu(rows), labels};
  const at::Tensor bytes = dataset_->images().index_select(0, rows).index_select(1, permutation_);
  return {pixel_value_.index_select(0, bytes.flatten().to(at::kInt)).view(bytes.sizes()), labels};
}

at::Tensor TaskView::gather_on_cpu(const at::Tensor& rows) {
  const int64_t count = rows.size(0);
  const int64_t features = dataset_->features();
  if (!buffer_.defined() || buffer_.size(0) < count) buffer_ = at::empty({count, features}, at::kFloat);
  const uint8_t* images = dataset_->images().const_data_ptr<uint8_t>();
  const int64_t* row_of = rows.const_data_ptr<int64_t>();
  const int32_t* column_of = permutation_.const_data_ptr<int32_t>();
  const float* value_of = pixel_value_.const_data_ptr<float>();
  float* inputs = buffer_.mutable_data_ptr<float>();
  at::parallel_for(0, count, kRowsPerChunk, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const uint8_t* source = images + row_of[row] * features;
      float* target = inputs + row * features;
      for (int64_t column = 0; column < features; ++column) target[column] = value_of[source[column_of[column]]];
    }
  });
  return buffer_.narrow(0, 0, count);
}

}  // namespace cl_torch
