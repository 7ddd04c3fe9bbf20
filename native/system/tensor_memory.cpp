#include "system/tensor_memory.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>

#include <cstring>
#include <limits>

namespace cl_torch {
namespace {

// Smaller blocks the C library recycles by itself.
constexpr size_t kSmallest = size_t{64} * 1024;
// A block begins with its size, in a header that keeps the tensor's numbers aligned as LibTorch has them.
constexpr size_t kHeader = 64;

constinit thread_local RecycledMemory* recycled = nullptr;

void* make_block(size_t bytes) {
  TORCH_CHECK(bytes <= std::numeric_limits<size_t>::max() - kHeader, "A tensor of ", bytes, " bytes was asked for.");
  char* start = nullptr;
  try {
    start = static_cast<char*>(c10::alloc_cpu(kHeader + bytes));
  } catch (const c10::Error&) {  // which would tell the header's bytes, too
    TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", bytes, " bytes.");
  }
  std::memcpy(start, &bytes, sizeof bytes);
  return start + kHeader;
}

void free_block(void* block) { c10::free_cpu(static_cast<char*>(block) - kHeader); }

size_t size_of(const void* block) {
  size_t bytes = 0;
  std::memcpy(&bytes, static_cast<const char*>(block) - kHeader, sizeof bytes);
  return bytes;
}

void release(void* block) {
  if (block == nullptr) return;
  const size_t bytes = size_of(block);
  if (recycled != nullptr && bytes >= kSmallest) {
    recycled->keep(block, bytes);
  } else {
    free_block(block);
  }
}

void* obtain(size_t bytes) {
  if (bytes == 0) return nullptr;
  if (recycled == nullptr) return make_block(bytes);
  if (bytes >= kSmallest) {
    if (void* const block = recycled->take(bytes)) return block;
  }
  try {
    return make_block(bytes);
  } catch (const c10::Error&) {
    recycled->give_back();
    return make_block(bytes);
  }
}

class TensorAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    void* const block = obtain(bytes);
    return {block, block, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* target, const void* source, size_t bytes) const override {
    default_copy_data(target, source, bytes);
  }
};

}  // namespace

void manage_tensor_memory() {
  static auto* const allocator = new TensorAllocator;  // as long as LibTorch's own tensors, which end with the process
  c10::SetCPUAllocator(allocator);
}

RecycledTensors::RecycledTensors() : memory_(&free_block) {
#ifndef __SANITIZE_ADDRESS__  // which sees no use of a block after its end where the block is kept
  recycled = &memory_;
#endif
}

RecycledTensors::~RecycledTensors() { recycled = nullptr; }

std::optional<size_t> most_bytes_at_once(const std::function<void()>& work) {
  if (recycled == nullptr) return std::nullopt;
  recycled->give_back();
  work();
  return recycled->most_bytes();
}

}  // namespace cl_torch
