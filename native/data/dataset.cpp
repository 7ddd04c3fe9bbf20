#include "data/dataset.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

namespace cl_torch {
namespace {

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

}  // namespace

Dataset::Dataset(DatasetRows rows, const c10::Device& device)
    : largest_label_(largest(rows.labels)), labels_(as_class_indices(rows.labels).to(device)) {
  images_ = adopt_images(std::move(rows)).to(device);
}

Dataset::Dataset(const Dataset& shared, const c10::Device& device)
    : largest_label_(shared.largest_label_), images_(shared.images_.to(device)), labels_(shared.labels_.to(device)) {
  is_shared_ = images_.is_same(shared.images_);
}

Dataset::Dataset(const Dataset& other, const at::Tensor& rows, at::Tensor labels)
    : images_(other.images_.index_select(0, rows)), labels_(std::move(labels)) {
  largest_label_ = labels_.max().item<int64_t>();
}

void Dataset::append(DatasetRows rows) {
  largest_label_ = std::max(largest_label_, largest(rows.labels));
  // A data set that others share has no space for more rows, so that these are written into memory of this one's own.
  labels_ = extended(labels_, as_class_indices(rows.labels));
  images_ = extended(images_, adopt_images(std::move(rows)));
  is_shared_ = false;
}

int64_t Dataset::bytes() const {
  if (is_shared_) return 0;
  return static_cast<int64_t>(images_.storage().nbytes() + labels_.storage().nbytes());
}

}  // namespace cl_torch
