#include "data/class_mask.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace cl_torch {

ClassRange within(const ClassRange& range, int64_t classes) { return {range.begin, std::min(range.end, classes)}; }

std::optional<ClassRange> common_range(std::span<const ClassRange> ranges) {
  if (ranges.empty()) return ClassRange{};
  const auto same = [&](const ClassRange& range) { return range == ranges.front(); };
  if (!std::all_of(ranges.begin(), ranges.end(), same)) return std::nullopt;
  return ranges.front();
}

namespace {

at::Tensor filled_outside(const at::Tensor& logits, std::span<const ClassRange> ranges, double value) {
  if (ranges.empty()) return logits;
  const int64_t classes = logits.size(1);
  at::Tensor bounds = at::empty({2, logits.size(0), 1}, at::kLong);
  auto* begins = bounds.mutable_data_ptr<int64_t>();
  auto* ends = begins + logits.size(0);
  for (size_t row = 0; row < ranges.size(); ++row) {
    const ClassRange range = within(ranges[row], classes);
    begins[row] = range.begin;
    ends[row] = range.end;
  }
  bounds = bounds.to(logits.device());
  const at::Tensor output = at::arange(classes, bounds.options());
  const at::Tensor outside = output.lt(bounds[0]).logical_or_(output.ge(bounds[1]));
  return logits.masked_fill(outside, value);
}

}  // namespace

at::Tensor masked_logits(const at::Tensor& logits, std::span<const ClassRange> ranges) {
  return filled_outside(logits, ranges, -std::numeric_limits<double>::infinity());
}

at::Tensor only_classes(const at::Tensor& logits, std::span<const ClassRange> ranges) {
  return filled_outside(logits, ranges, 0);
}

}  // namespace cl_torch
