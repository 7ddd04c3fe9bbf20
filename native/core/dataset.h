#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "options.h"

namespace cl_torch {

// One split, uint8 on the device: 47 MB for MNIST's training images. Every task shares it.
class Dataset {
 public:
  Dataset(DatasetBytes bytes, const c10::Device& device);

  const at::Tensor& images() const { return images_; }  // uint8 [rows, features]
  const at::Tensor& labels() const { return labels_; }  // int64 [rows]
  int64_t rows() const { return images_.size(0); }
  int64_t features() const { return images_.size(1); }
  int64_t largest_label() const { return largest_label_; }

 private:
  int64_t largest_label_;
  at::Tensor images_;
  at::Tensor labels_;
};

struct Batch {
  at::Tensor inputs;  // float32 [n, features], pixels in [0, 1]
  at::Tensor labels;  // int64 [n]
};

// A task's view of a data set: column k is the data set's column permutation[k]. Owns no pixels.
class TaskView {
 public:
  TaskView(std::shared_ptr<const Dataset> dataset, const std::vector<int32_t>& permutation);

  const Dataset& dataset() const { return *dataset_; }
  int64_t rows() const { return dataset_->rows(); }

  // The rows named by `rows` (int64, on the data set's device). On the CPU the inputs lie in a buffer which the
  // next call overwrites.
  Batch batch(const at::Tensor& rows);

 private:
  at::Tensor gather_on_cpu(const at::Tensor& rows);

  std::shared_ptr<const Dataset> dataset_;
  at::Tensor permutation_;  // int32 [features]
  at::Tensor pixel_value_;  // float32 [256]: byte / 255
  at::Tensor buffer_;
};

}  // namespace cl_torch
