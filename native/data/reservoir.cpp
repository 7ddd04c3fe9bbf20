#include "data/reservoir.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cl_torch {

Reservoir::Reservoir(const Memory& memory, int64_t capacity, Source source, at::Tensor targets,
                     const at::Generator& generator)
    : capacity_(capacity),
      offered_(memory.offered()),
      source_(std::move(source)),
      targets_(std::move(targets)),
      generator_(generator) {
  for (const Memory::Part& part : memory.parts()) {
    for (size_t i = 0; i < part.rows.size(); ++i)
      slots_.push_back({parts_.size(), part.rows[i], static_cast<int64_t>(i)});
    parts_.push_back({part.view_id, part.view});
  }
  first_source_ = parts_.size();
  for (size_t i = 0; i < source_.ids.size(); ++i) {
    parts_.push_back({source_.ids[i], *source_.views.views()[i]});
    parts_.back().view.set_targets(targets_);
  }
}

void Reservoir::list(std::span<const int64_t> numbers, RunList& target) const {
  std::vector<std::pair<size_t, int64_t>> sorted;  // part and number
  sorted.reserve(numbers.size());
  for (const int64_t number : numbers) sorted.emplace_back(slots_[static_cast<size_t>(number)].part, number);
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [part, number] : sorted) {
    const Slot& slot = slots_[static_cast<size_t>(number)];
    target.add(parts_[part].view, {&slot.row, 1}, {&slot.place, 1});
  }
}

int64_t Reservoir::draw_slot() {
  ++offered_;
  if (size() < capacity_) return size();
  auto* random = at::check_generator<at::CPUGeneratorImpl>(generator_);
  const auto slot = static_cast<int64_t>(random->random64() % static_cast<uint64_t>(offered_));
  return slot < capacity_ ? slot : -1;
}

Reservoir::Taken Reservoir::offer(std::span<const int64_t> numbers) {
  std::map<int64_t, int64_t> row_of;  // of each slot that is taken
  int64_t row = 0;
  for (const auto& [view, its_row] : source_.views.places_of(numbers)) {
    const int64_t slot = draw_slot();
    const Slot fresh{first_source_ + view, its_row, slot};
    if (slot == size()) {
      slots_.push_back(fresh);
    } else if (slot >= 0) {
      slots_[static_cast<size_t>(slot)] = fresh;
    }
    if (slot >= 0) row_of[slot] = row;
    ++row;
  }
  Taken taken;
  for (const auto& [slot, its_row] : row_of) {
    taken.rows.push_back(its_row);
    taken.places.push_back(slot);
  }
  return taken;
}

Memory Reservoir::take() const {
  struct Group {
    size_t part;
    std::vector<int64_t> rows;
    std::vector<at::Tensor> targets;
  };
  std::vector<std::vector<const Slot*>> slots(parts_.size());
  for (const Slot& slot : slots_) slots[slot.part].push_back(&slot);
  std::map<std::pair<int64_t, int64_t>, size_t> group_of;  // by view and stored classes
  std::vector<Group> groups;
  for (size_t part = 0; part < parts_.size(); ++part) {
    if (slots[part].empty()) continue;
    const at::Tensor& stored = parts_[part].view.targets();
    const std::pair key(parts_[part].view_id, stored.defined() ? stored.size(1) : 0);
    const auto [found, is_new] = group_of.emplace(key, groups.size());
    if (is_new) groups.push_back({part, {}, {}});
    Group& group = groups[found->second];
    std::vector<int64_t> places;
    for (const Slot* slot : slots[part]) {
      group.rows.push_back(slot->row);
      places.push_back(slot->place);
    }
    if (stored.defined())
      group.targets.push_back(stored.index_select(0, at::tensor(places, at::kLong).to(stored.device())));
  }
  Memory memory;
  for (const auto& [part, rows, targets] : groups) {
    memory.add(parts_[part].view_id, parts_[part].view, rows, targets.empty() ? at::Tensor() : at::cat(targets));
  }
  memory.set_offered(offered_);
  return memory;
}

}  // namespace cl_torch
