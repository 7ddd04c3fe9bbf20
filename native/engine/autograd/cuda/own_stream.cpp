#include "engine/autograd/cuda/own_stream.h"

#include <c10/cuda/CUDAFunctions.h>

#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace cl_torch {
namespace {

// Streams that wait for their next owner, by device. Never freed: when the process ends, the driver may be gone.
struct Idle {
  std::mutex mutex;
  std::map<c10::DeviceIndex, std::vector<std::unique_ptr<fused::Stream>>> streams;
};

Idle& idle() {
  static auto* const all = new Idle();
  return *all;
}

std::unique_ptr<fused::Stream> idle_or_new(c10::DeviceIndex device) {
  {
    const std::lock_guard lock(idle().mutex);
    auto& streams = idle().streams[device];
    if (!streams.empty()) {
      auto stream = std::move(streams.back());
      streams.pop_back();
      return stream;
    }
  }
  return std::make_unique<fused::Stream>();
}

}  // namespace

OwnStream::OwnStream()
    : owned_(idle_or_new(c10::cuda::current_device())),
      stream_(c10::cuda::getStreamFromExternal(owned_->get(), c10::cuda::current_device())) {}

OwnStream::~OwnStream() {
  const std::lock_guard lock(idle().mutex);
  idle().streams[stream_.device_index()].push_back(std::move(owned_));
}

}  // namespace cl_torch
