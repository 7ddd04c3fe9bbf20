#pragma once

#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "data/epoch_plan.h"
#include "data/task_view.h"

namespace cl_torch {

// The rehearsal memory: row lists into the tasks' views. Owns no pixels, but for what detach() copied.
class Memory final : public ExampleStore {
 public:
  struct Part {
    int64_t view_id;
    TaskView view;  // its targets are those of the part's own examples, in their order
    std::vector<int64_t> rows;
    int64_t start;  // index of its first example
  };

  // `rows`: row indices of the view. `targets`: a network's outputs for them, [rows, classes], or undefined.
  void add(int64_t view_id, const TaskView& view, const std::vector<int64_t>& rows, const at::Tensor& targets = {});

  // Keeps these examples alone, named as in list(), in ascending order.
  void keep(const std::vector<int64_t>& indices);

  int64_t size() const override { return size_; }
  bool empty() const { return size_ == 0; }
  const std::deque<Part>& parts() const { return parts_; }

  // Examples that a reservoir was offered so far.
  int64_t offered() const { return offered_; }
  void set_offered(int64_t examples) { offered_ = examples; }

  // The class of each example, in order.
  std::vector<int32_t> labels() const;

  // Copies the view's examples into a data set of the memory's own, which their parts then refer to, in the order in
  // which they were added. Returns the view of it; none when the memory has no example of the view.
  std::optional<TaskView> detach(int64_t view_id);

  // Outputs of a network for all examples, in order: [size(), classes]; undefined: none.
  void set_targets(const at::Tensor& targets);

  // The classes that the loss of the view's examples goes over from now on.
  void set_classes(int64_t view_id, const ClassRange& classes);

  void list(std::span<const int64_t> indices, RunList& target) const override;

 private:
  std::deque<Part> parts_;  // runs point to the views, so they must stay where they are
  int64_t size_ = 0;
  int64_t offered_ = 0;
};

// Draws from a store: each time a sample of its own, uniform and without replacement; or all, where there are no more.
class MemorySampler {
 public:
  MemorySampler(const ExampleStore& store, int64_t examples, const at::Generator& generator);

  // Adds the next sample's examples; none, where the store is still empty.
  void draw(RunList& target);

 private:
  const ExampleStore& store_;
  at::Generator generator_;
  std::vector<int64_t> order_;  // a permutation of all; its beginning is the sample
  int64_t examples_;
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
