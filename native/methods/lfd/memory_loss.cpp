#include "methods/lfd/memory_loss.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace cl_torch {
namespace {

constexpr int64_t kRows = 2048;  // at a time, which bounds the memory that a forward pass takes

}  // namespace

double memory_loss(LossFunction& loss_function, const at::Tensor& values, const Memory& memory) {
  const at::Tensor all = at::arange(memory.size(), at::kLong);
  BatchReader reader;
  double sum = 0;
  for (int64_t begin = 0; begin < memory.size(); begin += kRows) {
    RunList list;
    memory.list(all.slice(0, begin, std::min(begin + kRows, memory.size())), list);
    sum += loss_function.loss(values, reader.read({list.rows(), list.runs()})) * static_cast<double>(list.size());
  }
  return sum / static_cast<double>(memory.size());
}

}  // namespace cl_torch
