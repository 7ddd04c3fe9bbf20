#pragma once

#include <c10/cuda/CUDAStream.h>

#include "engine/fused/cuda/network.h"
#include "engine/fused/cuda/resources.h"

namespace cl_torch::fused {

// The part of a call in which the network's own streams work, and LibTorch's does not. Made once what the call needs is
// allocated, because LibTorch's allocator orders the reuse of memory by LibTorch's stream alone. The network's streams
// start after what LibTorch's stream was given; when the scope ends, by an exception too, nothing of theirs is under
// way.
class StreamScope {
 public:
  explicit StreamScope(const CudaNetwork& network) : network_(network) {
    const Event ready;
    ready.record(c10::cuda::getCurrentCUDAStream().stream());
    ready.hold(network_.stream());
  }
  ~StreamScope() { network_.wait(); }
  StreamScope(const StreamScope&) = delete;
  StreamScope& operator=(const StreamScope&) = delete;

 private:
  const CudaNetwork& network_;
};

}  // namespace cl_torch::fused
