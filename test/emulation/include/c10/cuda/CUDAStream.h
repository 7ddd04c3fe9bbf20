#pragma once

#include <c10/core/Device.h>
#include <cuda_runtime_api.h>

namespace c10::cuda {

class CUDAStream {
 public:
  // Null: LibTorch's own, whose work runs on the CPU here, at once.
  explicit CUDAStream(cudaStream_t stream = nullptr) : stream_(stream) {}
  cudaStream_t stream() const { return stream_; }
  DeviceIndex device_index() const { return 0; }

 private:
  cudaStream_t stream_;
};
inline CUDAStream getCurrentCUDAStream() { return CUDAStream(); }
inline CUDAStream getStreamFromExternal(cudaStream_t stream, DeviceIndex) { return CUDAStream(stream); }

}  // namespace c10::cuda
