#include "data/dataset.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <utility>

namespace cl_torch {
namespace {

constexpr int64_t kRowsPerChunk = 16;

at::Tensor adopt_images(DatasetRows rows) {
  return std::visit(
      [&](auto& images) {
        auto* data = images.release();
        using Value = std::remove_reference_t<decltype(*data)>;
        return at::from_blob(
            data, {rows.rows, rows.features}, [data](void*) { delete[] data; }, c10::CppTypeToScalarType<Value>::value);
      },
      rows.images);
}

int64_t largest(const std::vector<int32_t>& labels) { return *std::max_element(labels.begin(), labels.end()); }

// `rows` with `more` behind them. Where the storage of `rows` has space for both, `more` is written into it; else all
// is copied into a storage twice as large.
at::Tensor extended(const at::Tensor& rows, const at::Tensor& more) {
  std::vector<int64_t> sizes = rows.sizes().vec();
  const int64_t used = sizes[0];
  sizes[0] = used + more.size(0);
  const int64_t row_size = rows.stride(0);
  const auto space = static_cast<int64_t>(rows.storage().nbytes() / rows.element_size());
  at::Tensor result;
  if (sizes[0] * row_size <= space) {
    result = rows.as_strided(sizes, rows.strides());
  } else {
    std::vector<int64_t> doubled = sizes;
    doubled[0] = std::max(sizes[0], 2 * used);
    result = at::empty(doubled, rows.options()).narrow(0, 0, sizes[0]);
    result.narrow(0, 0, used).copy_(rows);
  }
  result.narrow(0, used, more.size(0)).copy_(more);
  return result;
}

at::Tensor as_class_indices(const std::vector<int32_t>& labels) {
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

Dataset::Dataset(DatasetRows rows, const c10::Device& device)
    : largest_label_(largest(rows.labels)), labels_(as_class_indices(rows.labels).to(device)) {
  images_ = adopt_images(std::move(rows)).to(device);
}

Dataset::Dataset(const Dataset& other, const at::Tensor& rows)
    : images_(other.images_.index_select(0, rows)), labels_(other.labels_.index_select(0, rows)) {
  largest_label_ = labels_.max().item<int64_t>();
}

void Dataset::append(DatasetRows rows) {
  largest_label_ = std::max(largest_label_, largest(rows.labels));
  labels_ = extended(labels_, as_class_indices(rows.labels));
  images_ = extended(images_, adopt_images(std::move(rows)));
}

int64_t Dataset::bytes() const { return static_cast<int64_t>(images_.storage().nbytes() + labels_.storage().nbytes()); }

TaskView::TaskView(std::shared_ptr<const Dataset> dataset, const std::vector<int32_t>& permutation)
    : dataset_(std::move(dataset)) {
  const c10::Device device = dataset_->images().device();
  permutation_ = as_tensor(permutation).to(device);
  // The quotient is rounded on the CPU: CUDA's division by a scalar multiplies with the reciprocal instead.
  pixel_value_ = (at::arange(256, at::kFloat) / 255).to(device);
}

TaskView::TaskView(std::shared_ptr<const Dataset> dataset, const TaskView& other)
    : dataset_(std::move(dataset)), permutation_(other.permutation_), pixel_value_(other.pixel_value_) {}

Batch TaskView::batch(const at::Tensor& rows) const {
  const at::Tensor labels = dataset_->labels().index_select(0, rows);
  if (rows.is_cpu()) {
    const at::Tensor inputs = at::empty({rows.size(0), dataset_->features()}, at::kFloat);
    read(rows.const_data_ptr<int64_t>(), rows.size(0), inputs.mutable_data_ptr<float>());
    return {inputs, labels};
  }
  const at::Tensor values = dataset_->images().index_select(0, rows).index_select(1, permutation_);
  if (!dataset_->has_bytes()) return {values, labels};
  return {pixel_value_.index_select(0, values.flatten().to(at::kInt)).view(values.sizes()), labels};
}

void TaskView::read(const int64_t* rows, int64_t count, float* inputs) const {
  const int64_t features = dataset_->features();
  const int32_t* column_of = permutation_.const_data_ptr<int32_t>();
  const auto gather = [&](const auto* images, auto&& value_of) {
    at::parallel_for(0, count, kRowsPerChunk, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const auto* source = images + rows[row] * features;
        float* target = inputs + row * features;
        for (int64_t column = 0; column < features; ++column) target[column] = value_of(source[column_of[column]]);
      }
    });
  };
  if (dataset_->has_bytes()) {
    const float* pixel_value = pixel_value_.const_data_ptr<float>();
    gather(dataset_->images().const_data_ptr<uint8_t>(), [pixel_value](uint8_t byte) { return pixel_value[byte]; });
  } else {
    gather(dataset_->images().const_data_ptr<float>(), [](float value) { return value; });
  }
}

}  // namespace cl_torch
