#pragma once

#include <c10/util/Exception.h>
#include <cuda_runtime_api.h>

namespace at::cuda {

using MempoolId_t = int;
inline MempoolId_t graph_pool_handle() { return 1; }

// LibTorch's operations run on the CPU here, so that no capture can have them.
struct CUDAGraph {
  void capture_begin(MempoolId_t, cudaStreamCaptureMode) {
    TORCH_CHECK(false, "emulation: no graph of LibTorch's work");
  }
  void capture_end() {}
  void replay() {}
};

}  // namespace at::cuda
