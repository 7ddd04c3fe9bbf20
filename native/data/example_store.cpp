#include "data/example_store.h"

#include <algorithm>

#include "data/epoch_plan.h"

namespace cl_torch {

void JoinedStores::list(std::span<const int64_t> numbers, RunList& target) const {
  const int64_t start = first_.size();
  std::vector<int64_t> first;
  std::vector<int64_t> second;
  for (const int64_t number : numbers) {
    if (number < start) {
      first.push_back(number);
    } else {
      second.push_back(number - start);
    }
  }
  first_.list(first, target);
  second_.list(second, target);
}

int64_t JoinedViews::size() const {
  int64_t size = 0;
  for (const TaskView* view : views_) size += view->rows();
  return size;
}

void JoinedViews::list(std::span<const int64_t> numbers, RunList& target) const {
  if (views_.size() == 1) {
    target.add(*views_.front(), numbers);
    return;
  }
  for (const auto& [view, row] : places_of(numbers)) target.add(*views_[view], row);
}

// In order, the rows of one view are neighbours and make one run; as they were drawn, nearly every row would be a run.
std::vector<JoinedViews::Place> JoinedViews::places_of(std::span<const int64_t> numbers) const {
  std::vector<int64_t> sorted(numbers.begin(), numbers.end());
  if (views_.size() > 1) std::sort(sorted.begin(), sorted.end());
  std::vector<Place> places;
  places.reserve(sorted.size());
  auto next = sorted.cbegin();
  int64_t start = 0;
  for (size_t view = 0; view < views_.size(); ++view) {
    const int64_t end = start + views_[view]->rows();
    for (; next != sorted.cend() && *next < end; ++next) places.push_back({view, *next - start});
    start = end;
  }
  return places;
}

}  // namespace cl_torch
