#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <future>
#include <optional>

#include "base/streams_snapshot.h"

namespace cl_torch {

// The random streams of one run, owned by it: nothing touches LibTorch's global generators, so concurrent runs do
// not disturb each other. Draws come in the order a PyTorch program makes them with `torch.manual_seed(seed)` and
// `torch.utils.data.DataLoader`.
class RandomStreams {
 public:
  RandomStreams(uint64_t seed, const c10::Device& device);

  // Streams that go on where a snapshot was taken. On a GPU, one taken on the CPU has no states for the device's
  // streams: they then start from the host streams' seeds.
  RandomStreams(const StreamsSnapshot& snapshot, const c10::Device& device);

  StreamsSnapshot snapshot() const;

  // The CPU stream: model initialisation and batch orders, on every device.
  const at::Generator& host() const { return host_; }

  // The device's stream, which a program's torch.randn on that device draws from; on the CPU the same as host().
  const at::Generator& device() const { return device_; }

  // Streams of their own for what a method draws beyond the training (memory batches, directions), so that a method
  // with its parts turned off trains exactly like the baseline.
  const at::Generator& method() const { return method_; }
  const at::Generator& method_device() const { return method_device_; }

  // A seed by one draw of method(), for what is drawn so often that it has a stream of its own.
  uint64_t method_seed();

  // The order of one pass over a shuffled loader: int64 row indices on the CPU.
  at::Tensor shuffled_order(int64_t rows);

  // Makes the next such order on a thread of its own, to be there when it is asked for. Draws from no stream: should
  // something else be drawn before, the order is made anew.
  void prepare_order(int64_t rows);

  // One pass over an unshuffled loader takes a draw, too.
  void unshuffled_pass();

 private:
  struct PreparedOrder {
    uint64_t seed;
    int64_t rows;
    std::future<at::Tensor> order;
  };

  at::Generator host_;
  at::Generator device_;
  at::Generator method_;
  at::Generator method_device_;
  std::optional<PreparedOrder> prepared_;
};

}  // namespace cl_torch
