#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "data/task_view.h"

namespace cl_torch {

class RunList;

// Examples by their numbers, from 0 to size() - 1.
class ExampleStore {
 public:
  ExampleStore() = default;
  ExampleStore(const ExampleStore&) = default;
  ExampleStore(ExampleStore&&) = default;
  ExampleStore& operator=(const ExampleStore&) = default;
  ExampleStore& operator=(ExampleStore&&) = default;
  virtual ~ExampleStore() = default;

  virtual int64_t size() const = 0;

  // Adds the examples of these numbers. Those of one view become neighbours, and so one run: the rows of a single view
  // stay in the order in which they are named, all others come in an order of the store's own.
  virtual void list(std::span<const int64_t> numbers, RunList& target) const = 0;
};

// The examples of one store and, after them, those of another one. Both must outlive it.
class JoinedStores final : public ExampleStore {
 public:
  JoinedStores(const ExampleStore& first, const ExampleStore& second) : first_(first), second_(second) {}

  int64_t size() const override { return first_.size() + second_.size(); }
  void list(std::span<const int64_t> numbers, RunList& target) const override;

 private:
  const ExampleStore& first_;
  const ExampleStore& second_;
};

// The rows of several views put after each other.
class JoinedViews final : public ExampleStore {
 public:
  explicit JoinedViews(std::vector<const TaskView*> views) : views_(std::move(views)) {}

  const std::vector<const TaskView*>& views() const { return views_; }
  int64_t size() const override;
  void list(std::span<const int64_t> numbers, RunList& target) const override;

  // Which row of which of the views each number is, in the order of list().
  struct Place {
    size_t view;
    int64_t row;
  };
  std::vector<Place> places_of(std::span<const int64_t> numbers) const;

 private:
  std::vector<const TaskView*> views_;
};

}  // namespace cl_torch
