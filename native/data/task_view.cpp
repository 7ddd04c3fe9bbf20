#include "data/task_view.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "base/error.h"

namespace cl_torch {
namespace {

constexpr int64_t kRowsPerChunk = 16;
constexpr int64_t kBytes = 256;

template <typename Target, typename Source>
at::Tensor as_tensor(const std::vector<Source>& values, at::ScalarType type) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(values.size())}, type);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<Target>());
  return tensor;
}

std::string up_to(int64_t end) { return "from 0 to " + std::to_string(end - 1); }

void require_columns(const std::vector<int32_t>& columns, int64_t features) {
  if (columns.empty()) reject("A view needs at least one column.");
  for (const int32_t column : columns) {
    if (column >= -1 && column < features) continue;
    reject("'columns' must hold columns of the data set, " + up_to(features) + ", or -1 for zero; found " +
           std::to_string(column) + ".");
  }
}

// The column of each input, on the CPU, with column 0 in the place of zeros.
std::vector<int32_t> without_zeros(std::vector<int32_t> columns) {
  std::replace(columns.begin(), columns.end(), -1, 0);
  return columns;
}

}  // namespace

TaskView::TaskView(std::shared_ptr<const Dataset> dataset, const ViewOptions& options)
    : dataset_(std::move(dataset)), own_classes_(options.own_classes) {
  require_columns(options.columns, dataset_->features());
  columns_ = as_tensor<int32_t>(options.columns, at::kInt).to(device());
  has_zeros_ = std::find(options.columns.begin(), options.columns.end(), -1) != options.columns.end();
  take_rows(options);
  take_labels(options);
  take_values(options);
}

TaskView::TaskView(std::shared_ptr<const Dataset> dataset, const TaskView& other) : TaskView(other) {
  dataset_ = std::move(dataset);
  rows_.reset();
  host_rows_.clear();
  labels_.reset();
  label_bounds_.reset();
  targets_.reset();
}

void TaskView::take_rows(const ViewOptions& options) {
  if (!options.rows) return;
  const int64_t rows = dataset_->rows();
  if (options.rows->empty()) reject("A view's 'rows' must name at least one row.");
  for (const int32_t row : *options.rows) {
    if (row < 0 || row >= rows) {
      reject("A view's 'rows' must be rows of the data set, " + up_to(rows) + "; found " + std::to_string(row) + ".");
    }
  }
  host_rows_.assign(options.rows->begin(), options.rows->end());
  rows_ = as_tensor<int64_t>(host_rows_, at::kLong).to(device());
}

void TaskView::take_labels(const ViewOptions& options) {
  if (options.labels) {
    if (dataset_->largest_label() >= static_cast<int64_t>(options.labels->size())) {
      reject("A view's 'labels' has " + std::to_string(options.labels->size()) +
             " entries, but the data set has the label " + std::to_string(dataset_->largest_label()) + ".");
    }
    labels_ = as_tensor<int64_t>(*options.labels, at::kLong).to(device()).index_select(0, dataset_->labels());
  }
  if (!options.rows && !options.labels) return;
  const at::Tensor own = rows_ ? labels().index_select(0, *rows_) : labels();
  label_bounds_ = {own.min().item<int64_t>(), own.max().item<int64_t>()};
  if (label_bounds_->first < 0) reject("A view has a row whose label its 'labels' maps to none, -1.");
}

void TaskView::take_values(const ViewOptions& options) {
  if (!options.values) {
    // The quotient is rounded on the CPU: CUDA's division by a scalar multiplies with the reciprocal instead.
    value_of_ = (at::arange(kBytes, at::kFloat) / 255).to(device());
    return;
  }
  const auto count = static_cast<int64_t>(options.values->size());
  const int64_t tables = count / kBytes;
  if (!dataset_->has_bytes()) reject("A view's 'values' are for data sets of bytes.");
  if (count == 0 || count % kBytes != 0 || dataset_->features() % tables != 0) {
    reject("A view's 'values' must be 256 numbers for each channel of the data set; found " + std::to_string(count) +
           " numbers, for " + std::to_string(dataset_->features()) + " bytes a row.");
  }
  has_values_ = true;
  value_of_ = as_tensor<float>(*options.values, at::kFloat).to(device());
  if (tables == 1) return;
  std::vector<int32_t> table_of = without_zeros(options.columns);
  const auto extent = static_cast<int32_t>(dataset_->features() / tables);
  for (int32_t& column : table_of) column = column / extent * static_cast<int32_t>(kBytes);
  table_of_ = as_tensor<int32_t>(table_of, at::kInt).to(device());
}

at::Tensor TaskView::dataset_rows() const { return rows_ ? *rows_ : at::arange(rows(), labels().options()); }

std::pair<int64_t, int64_t> TaskView::label_bounds() const {
  return label_bounds_.value_or(std::pair<int64_t, int64_t>{0, dataset_->largest_label()});
}

at::Tensor TaskView::shown(const at::Tensor& dataset_rows) const {
  const at::Tensor rows = dataset_->images().index_select(0, dataset_rows);
  if (!has_zeros_) return rows.index_select(1, columns_);
  return rows.index_select(1, columns_.clamp_min(0)).masked_fill_(columns_.lt(0), 0);
}

Batch TaskView::batch(const at::Tensor& dataset_rows) const {
  const at::Tensor batch_labels = labels().index_select(0, dataset_rows);
  if (dataset_rows.is_cpu()) {
    const at::Tensor inputs = at::empty({dataset_rows.size(0), features()}, at::kFloat);
    read(dataset_rows.const_data_ptr<int64_t>(), dataset_rows.size(0), inputs.mutable_data_ptr<float>());
    return {inputs, batch_labels};
  }
  at::Tensor bytes = shown(dataset_rows);
  if (!dataset_->has_bytes()) return {bytes, batch_labels};
  at::Tensor places = bytes.to(at::kInt);
  if (table_of_.defined()) places = places + table_of_;
  const at::Tensor values = value_of_.index_select(0, places.flatten()).view(bytes.sizes());
  return {has_zeros_ && has_values_ ? values.masked_fill(columns_.lt(0), 0) : values, batch_labels};
}

void TaskView::read(const int64_t* dataset_rows, int64_t count, float* inputs) const {
  const int64_t width = dataset_->features();
  const int64_t features = this->features();
  const int32_t* column_of = columns_.const_data_ptr<int32_t>();
  const auto gather = [&](const auto* images, auto&& value_at) {
    at::parallel_for(0, count, kRowsPerChunk, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        const auto* source = images + dataset_rows[row] * width;
        float* target = inputs + row * features;
        for (int64_t k = 0; k < features; ++k) target[k] = value_at(source, column_of[k], k);
      }
    });
  };
  const auto gather_all = [&](const auto* images, auto&& value_of) {
    if (has_zeros_) {
      gather(images, [&](const auto* source, int32_t column, int64_t k) {
        return column < 0 ? 0.0F : value_of(source[column], k);
      });
    } else {
      gather(images, [&](const auto* source, int32_t column, int64_t k) { return value_of(source[column], k); });
    }
  };
  if (!dataset_->has_bytes()) {
    gather_all(dataset_->images().const_data_ptr<float>(), [](float value, int64_t) { return value; });
    return;
  }
  const auto* bytes = dataset_->images().const_data_ptr<uint8_t>();
  const float* value = value_of_.const_data_ptr<float>();
  if (!table_of_.defined()) {
    gather_all(bytes, [value](uint8_t byte, int64_t) { return value[byte]; });
  } else {
    const int32_t* table = table_of_.const_data_ptr<int32_t>();
    gather_all(bytes, [value, table](uint8_t byte, int64_t k) { return value[table[k] + byte]; });
  }
}

}  // namespace cl_torch
