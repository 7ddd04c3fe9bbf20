#pragma once

#include <c10/cuda/CUDAStream.h>

#include <memory>

#include "engine/fused/cuda/resources.h"

namespace cl_torch {

// A stream that nobody else has while the object lives: what another session gave it would become a part of a graph
// that is captured there, and LibTorch's pooled streams are shared. The next object gets it afterwards, because
// LibTorch keeps cuBLAS's workspaces for every stream that it has seen.
class OwnStream {
 public:
  // On the calling thread's current device.
  OwnStream();
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

  const c10::cuda::CUDAStream& get() const { return stream_; }

 private:
  std::unique_ptr<fused::Stream> owned_;
  c10::cuda::CUDAStream stream_;
};

}  // namespace cl_torch
