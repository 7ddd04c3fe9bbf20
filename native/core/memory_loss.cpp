#include "memory_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace cl_torch {
namespace {

constexpr int64_t kRows = 2048;  // bounds the memory taken by one forward pass

}  // namespace

double memory_loss(ShiftedModel& model, const at::Tensor& values, Memory& memory) {
  const at::Tensor all = at::arange(memory.size(), at::kLong);
  double sum = 0;
  for (int64_t begin = 0; begin < memory.size(); begin += kRows) {
    const at::Tensor indices = all.slice(0, begin, std::min(begin + kRows, memory.size()));
    sum += model.loss(values, memory.batch(indices)) * static_cast<double>(indices.size(0));
  }
  return sum / static_cast<double>(memory.size());
}

}  // namespace cl_torch
