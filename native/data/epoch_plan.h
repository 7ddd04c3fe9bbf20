#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "data/augmentation.h"
#include "data/example_store.h"
#include "data/task_view.h"

namespace cl_torch {

// Neighbouring entries of a list of rows that belong to one view.
struct Run {
  const TaskView* view;
  int64_t begin;
  int64_t end;
};

// Examples of one batch, or of all of an epoch, by number: no pixels.
struct Examples {
  at::Tensor rows;  // of the views' data sets: int64, on their device; the runs tell which of them are meant
  std::span<const Run> runs;
  // Of each entry of the list of rows, its row among its view's stored targets; empty where no view has any.
  std::span<const int64_t> places = {};
  // How each entry of the list of rows is shown; null: as it is.
  const Augmentation* augmentation = nullptr;
  std::span<const Placement> placements = {};

  int64_t count() const;
  // Its runs, each by itself.
  std::vector<Examples> by_run() const;
};

// Some of the examples: by their indices, from 0, in ascending order. Refers to no list of rows but its own.
class ChosenExamples {
 public:
  ChosenExamples(const Examples& examples, std::span<const int64_t> indices);
  Examples all() const { return {rows_, runs_, places_, augmentation_, placements_}; }

 private:
  at::Tensor rows_;
  std::vector<Run> runs_;
  std::vector<int64_t> places_;
  const Augmentation* augmentation_;
  std::vector<Placement> placements_;
};

// Examples step by step.
class StepExamples {
 public:
  int64_t steps() const { return static_cast<int64_t>(run_ends_.size()); }
  int64_t largest_step() const { return largest_step_; }
  Examples step(int64_t index) const;
  Examples all() const { return {rows_, runs_, places_, augmentation_.get(), placements_}; }
  // Lets each example be shown by a draw of its own.
  void augment(const Augmentation& augmentation, const at::Generator& generator);

 private:
  friend class StepList;
  at::Tensor rows_;
  std::vector<Run> runs_;
  std::vector<int64_t> places_;
  std::vector<size_t> run_ends_;  // of each step
  std::shared_ptr<const Augmentation> augmentation_;
  std::vector<Placement> placements_;
  int64_t largest_step_ = 0;
};

// How an epoch is cut into steps.
struct StepSizes {
  int64_t batch_size;
  bool drops_short = false;                                  // a last step of fewer examples than the others
  int64_t most_steps = std::numeric_limits<int64_t>::max();  // the rest of the epoch is left out

  // Steps of an epoch over so many examples.
  int64_t steps(int64_t rows) const;
};

// What the memory has to do with the steps of an epoch.
struct EpochMemory {
  std::function<void(RunList&)> join = {};       // adds what joins a step's batch; empty: nothing does
  std::span<class MemorySampler> samplers = {};  // by each a step draws examples of their own
  class Reservoir* reservoir = nullptr;          // is offered a step's own examples after that; null: none is
};

// What an epoch learns from, step by step.
class EpochPlan {
 public:
  // `order`: int64 on the CPU, a permutation of the store's examples. Each step takes the next of them, the last step
  // what is left.
  EpochPlan(const ExampleStore& store, const at::Tensor& order, const StepSizes& sizes, const EpochMemory& memory = {});

  // Lets each example be shown by a draw of its own, those of the memory included.
  void augment(const Augmentation& augmentation, const at::Generator& generator);

  int64_t steps() const { return batches_.steps(); }
  int64_t largest_step() const { return batches_.largest_step(); }
  Examples step(int64_t index) const { return batches_.step(index); }
  Examples all() const { return batches_.all(); }
  // Of a step's examples, those that are not the memory's: they come first.
  int64_t own_rows(int64_t index) const { return std::min(batch_size_, order_size_ - index * batch_size_); }
  // What a step draws by one of the samplers; it may be nothing.
  Examples drawn(size_t sampler, int64_t index) const { return draws_[sampler].step(index); }

  // Whether outputs of the network are stored,
  bool keeps_outputs() const { return targets_.defined(); }
  // of some of a step's own examples, before its update;
  bool keeps_outputs(int64_t index) const;
  // which are among `logits`, [rows, classes], whose first rows are the step's own.
  void keep_outputs(int64_t index, const at::Tensor& logits) const;

 private:
  // Of a step: rows of its outputs, and where among the targets they go.
  struct KeptOutputs {
    std::vector<int64_t> rows;
    std::vector<int64_t> places;
  };

  int64_t batch_size_;
  int64_t order_size_;
  StepExamples batches_;
  std::vector<StepExamples> draws_;
  std::vector<KeptOutputs> kept_;
  at::Tensor targets_;
};

// Collects runs: consecutive rows of one view become one run.
class RunList {
 public:
  // Room for so many rows; more may come.
  void reserve(size_t rows) { rows_.reserve(rows); }
  // Rows of the view.
  void add(const TaskView& view, int64_t row) { add(view, std::span(&row, 1)); }
  void add(const TaskView& view, std::span<const int64_t> rows) { add(view, rows, rows); }
  // `places`: where their targets are stored.
  void add(const TaskView& view, std::span<const int64_t> rows, std::span<const int64_t> places);

  int64_t size() const { return static_cast<int64_t>(rows_.size()); }
  const std::vector<Run>& runs() const { return runs_; }
  // The rows of the views' data sets, on their device.
  at::Tensor rows() const;
  // As in Examples.
  const std::vector<int64_t>& places() const { return places_; }

  // Rows added from now on belong to a new run.
  void end_run() { open_ = false; }

 private:
  std::vector<int64_t> rows_;
  std::vector<int64_t> places_;
  std::vector<Run> runs_;
  bool open_ = false;
};

// Collects the examples of one step after the other.
class StepList {
 public:
  RunList& list() { return list_; }
  void end_step();
  StepExamples finish();

 private:
  RunList list_;
  StepExamples steps_;
  int64_t start_ = 0;
};

// Reads examples into buffers, which the next call reuses.
class BatchReader {
 public:
  Batch read(const Examples& examples);

 private:
  at::Tensor inputs_;
  at::Tensor labels_;
};

// The same into memory of the caller's, on the CPU: count() rows of inputs and labels.
void read_examples(const Examples& examples, float* inputs, int64_t* labels);

// Whether all examples' losses go over all classes, and all are shown as they are, bytes as byte / 255.
bool are_plain(const Examples& examples);

// The stored targets of the first `count` of the examples: float32 [count, classes], classes being as many as all of
// them have; on their device. Each of their views has targets.
at::Tensor targets_of(const Examples& examples, int64_t count);

// The classes that each example's loss goes over, in order; empty where all go over all.
std::vector<ClassRange> classes_of(const Examples& examples);

}  // namespace cl_torch
