// Calls that fail for want of memory, in the order in which a program makes them.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include "emulation.h"

namespace emulation {
namespace {

int64_t left = 0;  // calls up to the one that fails, itself included; none fails at 0
bool failed = false;

class WatchedAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    TORCH_CHECK_WITH(OutOfMemoryError, !is_refused(), "emulation: no memory for a tensor");
    return below_.allocate(bytes);
  }
  c10::DeleterFnPtr raw_deleter() const override { return below_.raw_deleter(); }
  void copy_data(void* target, const void* source, size_t bytes) const override {
    below_.copy_data(target, source, bytes);
  }

 private:
  c10::Allocator& below_ = *c10::GetDefaultCPUAllocator();
};

}  // namespace

void refuse(int64_t kth) {
  left = kth;
  failed = false;
}

bool is_refused() {
  if (left == 0 || --left > 0) return false;
  failed = true;
  return true;
}

bool has_refused() { return failed; }

void watch_allocations() {
  static WatchedAllocator allocator;
  c10::SetCPUAllocator(&allocator, 1);
}

}  // namespace emulation
