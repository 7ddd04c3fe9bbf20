#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace cl_torch {

// The random streams of one run, owned by it: nothing touches LibTorch's global generators, so concurrent runs do
// not disturb each other. Draws come in the order a PyTorch program makes them with `torch.manual_seed(seed)` and
// `torch.utils.data.DataLoader`.
class RandomStreams {
 public:
  explicit RandomStreams(uint64_t seed);

  // The CPU stream: model initialisation and batch orders, on every device.
  const at::Generator& host() const { return host_; }

  // The order of one pass over a shuffled loader: int64 row indices on the CPU.
  at::Tensor shuffled_order(int64_t rows);

  // One pass over an unshuffled loader takes a draw, too.
  void unshuffled_pass();

 private:
  int64_t draw();

  at::Generator host_;
};

}  // namespace cl_torch
