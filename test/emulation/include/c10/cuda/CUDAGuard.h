#pragma once

#include <c10/core/Device.h>
#include <c10/cuda/CUDAStream.h>

namespace c10::cuda {

struct CUDAGuard {
  explicit CUDAGuard(c10::Device) {}
  ~CUDAGuard() {}
};

struct OptionalCUDAStreamGuard {
  void reset_stream(const CUDAStream&) {}
};

}  // namespace c10::cuda
