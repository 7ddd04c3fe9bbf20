#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <span>

#include "data/rows.h"

namespace cl_torch {

// The range, cut to a network's classes.
ClassRange within(const ClassRange& range, int64_t classes);

// The range that all rows have; none when they differ. No rows: all classes.
std::optional<ClassRange> common_range(std::span<const ClassRange> ranges);

// The logits, [rows, classes], with minus infinity outside each row's range: a softmax gives zero there, and no
// gradient.
at::Tensor masked_logits(const at::Tensor& logits, std::span<const ClassRange> ranges);

// The logits with zero outside each row's range.
at::Tensor only_classes(const at::Tensor& logits, std::span<const ClassRange> ranges);

}  // namespace cl_torch
