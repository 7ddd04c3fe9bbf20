#pragma once

#include <ATen/core/Generator.h>

#include <deque>
#include <span>
#include <vector>

#include "data/memory.h"

namespace cl_torch {

// A memory of a fixed size that every example of every step is offered: after n of them each of the n is in it with the
// probability size / n (Vitter, 1985, algorithm R). While an epoch is planned it goes on from the session's memory, and
// take() is what that has become.
class Reservoir final : public ExampleStore {
 public:
  // The views of the epoch, in the order of their rows' numbers, with their ids.
  struct Source {
    const JoinedViews& views;
    std::vector<int64_t> ids;
  };
  // `targets`: where outputs of the network are stored for what is taken, [capacity, classes]; undefined: nowhere.
  Reservoir(const Memory& memory, int64_t capacity, Source source, at::Tensor targets, const at::Generator& generator);

  int64_t size() const override { return static_cast<int64_t>(slots_.size()); }
  void list(std::span<const int64_t> numbers, RunList& target) const override;

  // Offers examples of the source. Those that were taken, by their index in the order of the source's list(), and the
  // rows of the targets that are theirs; where two came to one place, only the later.
  struct Taken {
    std::vector<int64_t> rows;
    std::vector<int64_t> places;
  };
  Taken offer(std::span<const int64_t> numbers);

  const at::Tensor& targets() const { return targets_; }
  Memory take() const;

 private:
  struct Part {
    int64_t view_id;
    TaskView view;
  };
  struct Slot {
    size_t part;
    int64_t row;
    int64_t place;  // among the targets of the part's view
  };
  // The slot that an example gets, or -1.
  int64_t draw_slot();

  std::deque<Part> parts_;  // of the memory, then of the source; runs point to the views
  std::vector<Slot> slots_;
  size_t first_source_ = 0;
  int64_t capacity_;
  int64_t offered_;
  Source source_;
  at::Tensor targets_;
  at::Generator generator_;
};

}  // namespace cl_torch
