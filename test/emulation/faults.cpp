// Calls that fail for want of memory, in the order in which a program makes them; and what ends the program, because a
// real device would not do it, or not always.
#include <ATen/record_function.h>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string_view>

#include "emulation.h"

namespace emulation {
namespace {

int64_t calls_left = 0;  // up to the one that fails, itself included; none fails at 0
bool call_refused = false;
std::set<void (*)()> kernels;  // that were launched outside of a capture
bool is_order_watched = false;
uint64_t operations = 0;

class WatchedAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    forbid_in_capture("an allocation of a tensor");
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

// Operations that only describe a tensor anew give a stream nothing to do.
bool is_view(std::string_view name) {
  for (const std::string_view view : {"aten::slice", "aten::select", "aten::narrow", "aten::view", "aten::reshape",
                                      "aten::as_strided", "aten::detach", "aten::flatten", "aten::alias"}) {
    if (name == view) return true;
  }
  return name.substr(0, 6) != "aten::";
}

std::unique_ptr<at::ObserverContext> see(const at::RecordFunction& operation) {
  if (!is_order_watched || is_view(operation.name())) return nullptr;
  require_idle_streams(operation.name());
  ++operations;
  return nullptr;
}

}  // namespace

void refuse(int64_t kth) {
  calls_left = kth;
  call_refused = false;
}

bool is_refused() {
  if (calls_left == 0 || --calls_left > 0) return false;
  call_refused = true;
  return true;
}

bool has_refused() { return call_refused; }

void fail(const char* why) {
  std::fprintf(stderr, "emulation: %s\n", why);
  std::abort();
}

void forbid_in_capture(const char* what) {
  if (captures_under_way > 0) fail((std::string("in a capture, ") + what).c_str());
}

void launch_of(void (*kernel)()) {
  if (kernels.contains(kernel)) return;
  forbid_in_capture("the first launch of a kernel, which loads it");
  kernels.insert(kernel);
}

void forget_kernels() { kernels.clear(); }

void watch_libtorch() {
  static WatchedAllocator allocator;
  c10::SetCPUAllocator(&allocator, 1);
  at::addGlobalCallback(at::RecordFunctionCallback(see).scopes({at::RecordScope::FUNCTION}));
}

void watch_order(bool watch) { is_order_watched = watch; }

uint64_t libtorch_operations() { return is_order_watched ? operations : 0; }

}  // namespace emulation
