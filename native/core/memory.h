#pragma once

#include <vector>

#include "dataset.h"

namespace cl_torch {

// The rehearsal memory: row lists into the tasks' views. Owns no pixels.
class Memory {
 public:
  // `rows`: int64 row indices of the view.
  void add(const TaskView& view, const std::vector<int64_t>& rows);

  int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The examples named by `indices`, int64 on the CPU, each from 0 to size() - 1; in another order.
  Batch batch(const at::Tensor& indices);

 private:
  struct Part {
    TaskView view;
    at::Tensor rows;  // int64 on the CPU
    int64_t start;    // index of its first example
  };

  std::vector<Part> parts_;
  int64_t size_ = 0;
};

// Deals a memory's examples in batches: shuffled passes, one after another, each batch within one pass. A memory that
// fits into one batch is dealt whole.
class MemoryDealer {
 public:
  MemoryDealer(Memory& memory, int64_t batch_size, const at::Generator& generator);

  Batch next();

 private:
  Memory& memory_;
  int64_t batch_size_;
  at::Generator generator_;
  at::Tensor order_;
  int64_t position_ = 0;
};

}  // namespace cl_torch
