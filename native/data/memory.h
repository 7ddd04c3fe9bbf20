#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "data/epoch_plan.h"
#include "data/task_view.h"

namespace cl_torch {

// The rehearsal memory: row lists into the tasks' views. Owns no pixels, but for what detach() copied.
class Memory {
 public:
  struct Part {
    int64_t view_id;
    TaskView view;
    std::vector<int64_t> rows;
    int64_t start;  // index of its first example
  };

  // `rows`: row indices of the view.
  void add(int64_t view_id, const TaskView& view, const std::vector<int64_t>& rows);

  int64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::deque<Part>& parts() const { return parts_; }

  // Copies the view's examples into a data set of the memory's own, which their parts then refer to, in the order in
  // which they were added. Returns the view of it; none when the memory has no example of the view.
  std::optional<TaskView> detach(int64_t view_id);

  // The classes that the loss of the view's examples goes over from now on.
  void set_classes(int64_t view_id, const ClassRange& classes);

  // Adds the examples named by `indices`, each from 0 to size() - 1, in ascending order: examples of one view are then
  // neighbours, and make one run.
  void list(const at::Tensor& indices, RunList& target) const;

 private:
  std::deque<Part> parts_;  // runs point to the views, so they must stay where they are
  int64_t size_ = 0;
};

// Deals a memory's examples in batches: pass after pass over the memory, each shuffled anew. A batch never spans two
// passes, so the last one of a pass may be smaller; a memory that fits into one batch is dealt whole each time.
class MemoryDealer {
 public:
  MemoryDealer(const Memory& memory, int64_t batch_size, const at::Generator& generator);

  // Adds the next batch's examples.
  void deal(RunList& target);

  // The next batch; the call after this one overwrites it.
  Batch next();

 private:
  const Memory& memory_;
  int64_t batch_size_;
  at::Generator generator_;
  at::Tensor order_;
  int64_t position_ = 0;
  BatchReader reader_;
};

}  // namespace cl_torch
