#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "data/rows.h"

namespace cl_torch {

// Examples on the device, once: every task that is made of them shares them. Bytes stay bytes (47 MB for MNIST's
// training images), numbers are float32.
class Dataset {
 public:
  Dataset(DatasetRows rows, const c10::Device& device);

  // The same examples as another data set's, which is not added to: its own memory where that is on the device already,
  // else a copy.
  Dataset(const Dataset& shared, const c10::Device& device);

  // These rows of another data set, copied, under labels of their own; both int64, on its device.
  Dataset(const Dataset& other, const at::Tensor& rows, at::Tensor labels);

  // Adds examples of the same kind and width. The space grows by doubling, so that each example is copied once or twice
  // on average, however many calls add to the data set.
  void append(DatasetRows rows);

  const at::Tensor& images() const { return images_; }  // uint8 or float32 [rows, features]
  const at::Tensor& labels() const { return labels_; }  // int64 [rows]
  bool has_bytes() const { return images_.scalar_type() == c10::ScalarType::Byte; }
  int64_t rows() const { return images_.size(0); }
  int64_t features() const { return images_.size(1); }
  int64_t largest_label() const { return largest_label_; }
  int64_t bytes() const;  // of memory held, that of another data set not counted

 private:
  int64_t largest_label_;
  bool is_shared_ = false;  // whether the memory is another data set's
  at::Tensor images_;       // the rows in use; like the labels', their storage may have space for more
  at::Tensor labels_;
};

struct Batch {
  at::Tensor inputs;  // float32 [n, features]
  at::Tensor labels;  // int64 [n]
  // The classes that each row's loss goes over, [n]; empty where all go over all.
  std::vector<ClassRange> classes = {};
};

}  // namespace cl_torch
