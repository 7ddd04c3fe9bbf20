#include "data/memory.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <numeric>

namespace cl_torch {

void Memory::add(int64_t view_id, const TaskView& view, const std::vector<int64_t>& rows, const at::Tensor& targets) {
  if (rows.empty()) return;
  parts_.push_back({view_id, view, rows, size_});
  parts_.back().view.set_targets(targets);
  size_ += static_cast<int64_t>(rows.size());
}

void Memory::keep(const std::vector<int64_t>& indices) {
  Memory kept;
  auto next = indices.begin();
  for (const Part& part : parts_) {
    const int64_t part_end = part.start + static_cast<int64_t>(part.rows.size());
    std::vector<int64_t> rows;
    std::vector<int64_t> places;
    for (; next != indices.end() && *next < part_end; ++next) {
      places.push_back(*next - part.start);
      rows.push_back(part.rows[static_cast<size_t>(places.back())]);
    }
    at::Tensor targets = part.view.targets();
    if (targets.defined()) {
      targets = targets.index_select(0, at::tensor(places, at::kLong).to(targets.device()));
    }
    kept.add(part.view_id, part.view, rows, targets);
  }
  kept.offered_ = offered_;
  *this = std::move(kept);
}

std::vector<int32_t> Memory::labels() const {
  std::vector<int32_t> labels;
  labels.reserve(static_cast<size_t>(size_));
  for (const Part& part : parts_) {
    RunList examples;
    examples.add(part.view, part.rows);
    const at::Tensor own = part.view.labels().index_select(0, examples.rows()).to(at::kInt).cpu();
    const auto* data = own.const_data_ptr<int32_t>();
    labels.insert(labels.end(), data, data + own.numel());
  }
  return labels;
}

std::optional<TaskView> Memory::detach(int64_t view_id) {
  std::vector<Part*> parts;
  RunList examples;
  for (Part& part : parts_) {
    if (part.view_id != view_id) continue;
    parts.push_back(&part);
    for (const int64_t row : part.rows) examples.add(part.view, row);
  }
  if (parts.empty()) return std::nullopt;
  const TaskView& view = parts.front()->view;
  const at::Tensor rows = examples.rows();
  const TaskView own(std::make_shared<const Dataset>(view.dataset(), rows, view.labels().index_select(0, rows)), view);
  int64_t next = 0;
  for (Part* part : parts) {
    at::Tensor targets = part->view.targets();
    part->view = own;
    part->view.set_targets(std::move(targets));
    std::iota(part->rows.begin(), part->rows.end(), next);
    next += static_cast<int64_t>(part->rows.size());
  }
  return own;
}

void Memory::set_targets(const at::Tensor& targets) {
  for (Part& part : parts_) {
    const auto count = static_cast<int64_t>(part.rows.size());
    part.view.set_targets(targets.defined() ? targets.narrow(0, part.start, count).clone() : at::Tensor());
  }
}

void Memory::set_classes(int64_t view_id, const ClassRange& classes) {
  for (Part& part : parts_) {
    if (part.view_id == view_id) part.view.set_classes(classes);
  }
}

void Memory::list(std::span<const int64_t> indices, RunList& target) const {
  std::vector<int64_t> sorted(indices.begin(), indices.end());
  std::sort(sorted.begin(), sorted.end());
  auto next = sorted.cbegin();
  const auto end = sorted.cend();
  for (const Part& part : parts_) {
    const int64_t part_end = part.start + static_cast<int64_t>(part.rows.size());
    for (; next != end && *next < part_end; ++next) {
      const int64_t place = *next - part.start;
      target.add(part.view, {&part.rows[static_cast<size_t>(place)], 1}, {&place, 1});
    }
  }
}

MemorySampler::MemorySampler(const ExampleStore& store, int64_t examples, const at::Generator& generator)
    : store_(store), generator_(generator), examples_(examples) {}

// The beginning of a shuffle (Fisher and Yates). Whatever order it starts from, each sample is as probable.
void MemorySampler::draw(RunList& target) {
  const int64_t size = store_.size();
  while (static_cast<int64_t>(order_.size()) < size) order_.push_back(static_cast<int64_t>(order_.size()));
  const int64_t count = std::min(examples_, size);
  if (count < size) {
    auto* random = at::check_generator<at::CPUGeneratorImpl>(generator_);
    for (int64_t i = 0; i < count; ++i) {
      const auto left = static_cast<uint64_t>(size - i);
      std::swap(order_[static_cast<size_t>(i)], order_[static_cast<size_t>(i) + random->random64() % left]);
    }
  }
  store_.list(std::span(order_).first(static_cast<size_t>(count)), target);
}

MemoryDealer::MemoryDealer(const Memory& memory, int64_t batch_size, const at::Generator& generator)
    : memory_(memory), batch_size_(batch_size), generator_(generator) {}

void MemoryDealer::deal(RunList& target) {
  const int64_t size = memory_.size();
  if (!order_.defined() || position_ >= size) {
    order_ = size <= batch_size_ ? at::arange(size, at::kLong) : at::randperm(size, generator_, at::kLong);
    position_ = 0;
  }
  const int64_t begin = position_;
  position_ = std::min(begin + batch_size_, size);
  const auto* order = order_.const_data_ptr<int64_t>();
  memory_.list({order + begin, order + position_}, target);
}

Batch MemoryDealer::next() {
  RunList list;
  deal(list);
  return reader_.read({list.rows(), list.runs()});
}

}  // namespace cl_torch
