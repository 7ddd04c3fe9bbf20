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
#include <c10/cuda/CUDAGuard.h>
#include <cuda_runtime_api.h>
#endif

namespace cl_torch {
namespace {

// Of the two small batches.
constexpr int64_t kWidestValues = int64_t{1} << 20;  // of the smaller one, in the widest layer
constexpr int64_t kMostRows = 512;
// The rest is for what is not counted: recycled blocks, the libraries' own memory; and with dropout, which the batches
// are measured without, its masks and products.
constexpr double kUsedShare = 0.75;
constexpr double kUsedShareWithDropout = 0.4;
// What is left must be so many times the parameters, or the measuring itself might be too much.
constexpr size_t kLeastLeft = 4;

#ifdef CL_TORCH_WITH_CUDA

namespace cuda_memory = c10::cuda::CUDACachingAllocator;

constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);

std::optional<size_t> device_bytes_left(const c10::Device& device) {
  const c10::cuda::CUDAGuard guard(device);
  cuda_memory::emptyCache();
  size_t free_bytes = 0;
  size_t total_bytes = 0;
  if (cudaMemGetInfo(&free_bytes, &total_bytes) != cudaSuccess) return std::nullopt;
  return free_bytes;
}

// Of all sessions on the device: another one's steps in the meantime make it more.
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
  const auto bytes_left = [&] { return device.is_cpu() ? host_bytes_left() : device_bytes_left(device); };
  if (bytes_left().value_or(0) < kLeastLeft * values.nbytes()) return std::nullopt;
  at::Tensor gradient = at::zeros_like(values);
  const auto bytes_of = [&](int64_t rows) {
    const Batch batch{at::zeros({rows, network.inputs()}, values.options()),
                      at::zeros({rows}, values.options().dtype(at::kLong))};
    const auto step = [&] { engine.add_gradient(values, batch, 1, gradient); };
    return device.is_cpu() ? most_bytes_at_once(step) : device_bytes_at_once(device, step);
  };
  const int64_t rows = std::clamp(kWidestValues / network.widest(), int64_t{1}, kMostRows);
  bytes_of(rows);  // what libraries make once, their workspaces, is not of the examples
  const auto fewer = bytes_of(rows);
  const auto more = bytes_of(2 * rows);
  const auto left = bytes_left();
  if (!fewer || !more || !left || *more <= *fewer) return std::nullopt;
  const double row_bytes = static_cast<double>(*more - *fewer) / static_cast<double>(rows);
  const double share = network.draws() ? kUsedShareWithDropout : kUsedShare;
  const auto fitting = std::bit_floor(static_cast<uint64_t>(share * static_cast<double>(*left) / row_bytes));
  // Parts of a batch may have half as many.
  if (static_cast<int64_t>(fitting) < 2 * network.least_training_rows()) return std::nullopt;
  return static_cast<int64_t>(fitting);
}

}  // namespace cl_torch
