// What ThreadSanitizer is told of LibTorch, and says.
#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/record_function.h>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <sanitizer/tsan_interface.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "emulation.h"
#include "races/waits.h"

extern "C" {
void __tsan_read_range(void* begin, unsigned long bytes);
void __tsan_write_range(void* begin, unsigned long bytes);
}

namespace emulation {
namespace {

std::atomic<int64_t> reports = 0;
std::atomic<int> status_of_race = 0;

struct Tracked {
  c10::DataPtr memory;
  size_t bytes;
};

// Whoever works on a tensor when its memory is freed works on the next one's.
class ShownAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    auto* block = new Tracked{below_.allocate(bytes), bytes};
    return {block->memory.get(), block, free, block->memory.device()};
  }
  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }
  void copy_data(void* target, const void* source, size_t bytes) const override {
    below_.copy_data(target, source, bytes);
  }

 private:
  static void free(void* context) {
    const auto* block = static_cast<Tracked*>(context);
    if (block->bytes > 0) __tsan_write_range(block->memory.get(), block->bytes);
    delete block;
  }

  c10::Allocator& below_ = *c10::GetDefaultCPUAllocator();
};

void show(const at::Tensor& tensor, bool is_written) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.numel() == 0) return;
  if (!tensor.is_non_overlapping_and_dense()) return;
  void* begin = const_cast<void*>(tensor.const_data_ptr());
  (is_written ? __tsan_write_range : __tsan_read_range)(begin, tensor.nbytes());
}

// An operation that makes a view reads nothing.
std::unique_ptr<at::ObserverContext> see(const at::RecordFunction& operation) {
  const auto schema = operation.operator_schema();
  if (!schema) return nullptr;
  const auto inputs = operation.inputs();
  for (size_t i = 0; i < inputs.size() && i < schema->arguments().size(); ++i) {
    const c10::AliasInfo* aliasing = schema->arguments()[i].alias_info();
    if (aliasing && !aliasing->isWrite()) continue;
    if (inputs[i].isTensor()) show(inputs[i].toTensor(), aliasing != nullptr);
    if (!inputs[i].isTensorList()) continue;
    for (const at::Tensor& tensor : inputs[i].toTensorVector()) show(tensor, aliasing != nullptr);
  }
  return nullptr;
}

}  // namespace

int64_t races() { return reports; }

void end_at_race(int status) { status_of_race = status; }

void watch_tensors() {
  static ShownAllocator allocator;
  c10::SetCPUAllocator(&allocator, 1);
  at::addGlobalCallback(at::RecordFunctionCallback(see).needsInputs(true).scopes({at::RecordScope::FUNCTION}));
}

// No call fails here, and rules of captures are for the lazy streams.
bool is_refused() { return false; }
void launch_of(void (*)()) {}
void forbid_in_capture(const char*) {}

void fail(const char* why) {
  std::fprintf(stderr, "emulation: %s\n", why);
  std::abort();
}

}  // namespace emulation

// What ThreadSanitizer's library looks for.
extern "C" {
#pragma GCC visibility push(default)

// Races are results that are printed.
const char* __tsan_default_options() { return "exitcode=0"; }

void __tsan_on_report(void*) {
  ++emulation::reports;
  const int status = emulation::status_of_race;
  if (status != 0) syscall(SYS_exit_group, status);  // _exit() would let ThreadSanitizer change the status
}

#pragma GCC visibility pop
}
