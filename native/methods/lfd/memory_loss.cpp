#include "methods/lfd/memory_loss.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace cl_torch {
namespace {

constexpr int64_t kRows = 2048;  // at a time, which bounds the memory that a forward pass takes

}  // namespace

double memory_loss(LossFunction& loss_function, const at::Tensor& values, const Memory& memory) {
  std::vector<int64_t> all(static_cast<size_t>(memory.size()));
  std::iota(all.begin(), all.end(), 0);
  BatchReader reader;
  double sum = 0;
  for (int64_t begin = 0; begin < memory.size(); begin += kRows) {
    RunList list;
    const int64_t end = std::min(begin + kRows, memory.size());
    memory.list(std::span(all).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), list);
    sum += loss_function.loss(values, reader.read({list.rows(), list.runs()})) * static_cast<double>(list.size());
  }
  return sum / static_cast<double>(memory.size());
}

}  // namespace cl_torch
