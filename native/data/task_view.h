#pragma once

#include <optional>
#include <utility>

#include "data/dataset.h"

namespace cl_torch {

// A task: how it shows a data set (ViewOptions). Owns no pixels.
class TaskView {
 public:
  // Throws INVALID_ARGUMENT for what does not fit the data set.
  TaskView(std::shared_ptr<const Dataset> dataset, const ViewOptions& options);

  // Shows all rows of another data set in the same way, under the labels that they have there.
  TaskView(std::shared_ptr<const Dataset> dataset, const TaskView& other);

  const Dataset& dataset() const { return *dataset_; }
  c10::Device device() const { return dataset_->images().device(); }
  int64_t features() const { return columns_.size(0); }   // numbers in a row as the network sees it
  const at::Tensor& columns() const { return columns_; }  // int32 [features], on the data set's device
  bool has_zeros() const { return has_zeros_; }           // among the columns
  bool has_values() const { return has_values_; }         // other than byte / 255
  // What a byte is to the network: float32 [256 × tables].
  const at::Tensor& values() const { return value_of_; }
  // Where the table of a column begins: int32 [features]; undefined where there is one table.
  const at::Tensor& tables() const { return table_of_; }

  bool has_rows() const { return rows_.has_value(); }  // of its own
  int64_t rows() const { return rows_ ? rows_->size(0) : labels().size(0); }
  // The data set's row that is row `row` here.
  int64_t dataset_row(int64_t row) const { return rows_ ? host_rows_[static_cast<size_t>(row)] : row; }
  // The data set's rows, in order: int64, on its device.
  at::Tensor dataset_rows() const;

  // Of the data set's rows, as the view calls them: int64, on its device.
  const at::Tensor& labels() const { return labels_ ? *labels_ : dataset_->labels(); }
  // The smallest and the largest label of the view's own rows.
  std::pair<int64_t, int64_t> label_bounds() const;

  // The classes that losses and predictions go over.
  const ClassRange& classes() const { return classes_; }
  void set_classes(const ClassRange& classes) { classes_ = classes; }
  const std::optional<ClassRange>& own_classes() const { return own_classes_; }

  // Outputs of a network that were stored for the view's rows: float32 [rows, classes], on its device; undefined: none.
  const at::Tensor& targets() const { return targets_; }
  void set_targets(at::Tensor targets) { targets_ = std::move(targets); }

  // The inputs of `count` of the data set's rows, row-major; on the CPU only.
  void read(const int64_t* dataset_rows, int64_t count, float* inputs) const;

  // The same as tensors of their own, and their labels. `dataset_rows`: int64, on the data set's device.
  Batch batch(const at::Tensor& dataset_rows) const;

  // The columns of these rows as the data set has them, bytes or numbers.
  at::Tensor shown(const at::Tensor& dataset_rows) const;

 private:
  void take_rows(const ViewOptions& options);
  void take_labels(const ViewOptions& options);
  void take_values(const ViewOptions& options);

  std::shared_ptr<const Dataset> dataset_;
  at::Tensor columns_;
  bool has_zeros_ = false;
  std::optional<at::Tensor> rows_;
  std::vector<int64_t> host_rows_;
  std::optional<at::Tensor> labels_;
  std::optional<std::pair<int64_t, int64_t>> label_bounds_;
  ClassRange classes_;
  std::optional<ClassRange> own_classes_;
  at::Tensor targets_;
  bool has_values_ = false;
  at::Tensor value_of_;  // byte / 255, or the options' values
  at::Tensor table_of_;
};

}  // namespace cl_torch
