#include "engine/autograd/fitting_rows.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "base/host_memory.h"
#include "data/dataset.h"
#include "system/tensor_memory.h"

#ifdef CL_TORCH_WITH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>
#endif

namespace cl_torch {
namespace {

// Of the two small batches.
constexpr int64_t kWidestValues = int64_t{1} << 20;  // of the smaller one, in the widest layer
constexpr int64_t kMostRows = 512;
// The rest is for what tensors do not count: recycled blocks, the libraries' own memory.
constexpr double kUsedShare = 0.75;

#ifdef CL_TORCH_WITH_CUDA

namespace cuda_memory = c10::cuda::CUDACachingAllocator;

constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);

std::optional<size_t> device_bytes_left(const c10::Device& device) {
  cuda_memory::emptyCache();
  const auto stats = cuda_memory::getDeviceStats(device.index());
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) return std::nullopt;
  // What the allocator could not give back, since a part of it is in use.
  const auto unused = stats.reserved_bytes[kAll].current - stats.allocated_bytes[kAll].current;
  return free_bytes + static_cast<size_t>(unused);
}

std::optional<size_t> device_bytes_at_once(const c10::Device& device, const std::function<void()>& work) {
  cuda_memory::resetPeakStats(device.index());
  const auto before = cuda_memory::getDeviceStats(device.index()).allocated_bytes[kAll].current;
  work();
  return static_cast<size_t>(cuda_memory::getDeviceStats(device.index()).allocated_bytes[kAll].peak - before);
}

#else

std::optional<size_t> device_bytes_left(const c10::Device&) { return std::nullopt; }

std::optional<size_t> device_bytes_at_once(const c10::Device&, const std::function<void()>&) { return std::nullopt; }

#endif

}  // namespace

std::optional<int64_t> fitting_rows(Engine& engine, Network& network) {
  const at::Tensor values = network.parameters().values();
  const c10::Device device = values.device();
  at::Tensor gradient = at::zeros_like(values);
  const auto bytes_of = [&](int64_t rows) {
    const Batch batch{at::zeros({rows, network.inputs()}, values.options()),
                      at::zeros({rows}, values.options().dtype(at::kLong))};
    const auto step = [&] { engine.add_gradient(values, batch, 1, gradient); };
    return device.is_cpu() ? most_bytes_at_once(step) : device_bytes_at_once(device, step);
  };
  const int64_t rows = std::clamp(kWidestValues / network.widest(), int64_t{1}, kMostRows);
  const auto fewer = bytes_of(rows);
  const auto more = bytes_of(2 * rows);
  const auto left = device.is_cpu() ? host_bytes_left() : device_bytes_left(device);
  if (!fewer || !more || !left || *more <= *fewer) return std::nullopt;
  const double row_bytes = static_cast<double>(*more - *fewer) / static_cast<double>(rows);
  const auto fitting = static_cast<uint64_t>(kUsedShare * static_cast<double>(*left) / row_bytes);
  if (fitting == 0) return std::nullopt;
  return static_cast<int64_t>(std::bit_floor(fitting));
}

}  // namespace cl_torch
