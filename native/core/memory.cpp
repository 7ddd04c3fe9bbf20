#include "memory.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace cl_torch {

void Memory::add(const TaskView& view, const std::vector<int64_t>& rows) {
  const auto count = static_cast<int64_t>(rows.size());
  if (count == 0) return;
  at::Tensor indices = at::empty({count}, at::kLong);
  std::copy(rows.begin(), rows.end(), indices.mutable_data_ptr<int64_t>());
  parts_.push_back({view, indices, size_});
  size_ += count;
}

Batch Memory::batch(const at::Tensor& indices) {
  const at::Tensor sorted = std::get<0>(indices.sort());
  const int64_t* begin = sorted.const_data_ptr<int64_t>();
  const int64_t* end = begin + sorted.numel();
  std::vector<at::Tensor> inputs;
  std::vector<at::Tensor> labels;
  for (Part& part : parts_) {
    const int64_t* first = std::lower_bound(begin, end, part.start);
    const int64_t* last = std::lower_bound(first, end, part.start + part.rows.size(0));
    if (first == last) continue;
    const at::Tensor chosen = part.rows.index_select(0, sorted.slice(0, first - begin, last - begin) - part.start);
    const Batch examples = part.view.batch(chosen.to(part.view.dataset().images().device()));
    inputs.push_back(examples.inputs);
    labels.push_back(examples.labels);
  }
  return {at::cat(inputs), at::cat(labels)};
}

MemoryDealer::MemoryDealer(Memory& memory, int64_t batch_size, const at::Generator& generator)
    : memory_(memory), batch_size_(batch_size), generator_(generator) {}

Batch MemoryDealer::next() {
  const int64_t size = memory_.size();
  if (!order_.defined() || position_ >= size) {
    order_ = size <= batch_size_ ? at::arange(size, at::kLong) : at::randperm(size, generator_, at::kLong);
    position_ = 0;
  }
  const int64_t begin = position_;
  position_ = std::min(begin + batch_size_, size);
  return memory_.batch(order_.slice(0, begin, position_));
}

}  // namespace cl_torch
