#pragma once

#include <c10/cuda/CUDAStream.h>

#include "engine/fused/cuda/network.h"
#include "engine/fused/cuda/resources.h"

namespace cl_torch::fused {

// The time that a network's streams work instead of LibTorch's: made once what the call needs is allocated (LibTorch's
// allocator orders memory by its own stream), it lets them start after what LibTorch's stream was given, and at its
// end, an exception's included, nothing of theirs is under way.
class Turn {
 public:
  explicit Turn(const CudaNetwork& network) : network_(network) {
    const Event given;
    given.record(c10::cuda::getCurrentCUDAStream().stream());
    given.hold(network_.stream());
  }
  ~Turn() { network_.wait(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  const CudaNetwork& network_;
};

}  // namespace cl_torch::fused
