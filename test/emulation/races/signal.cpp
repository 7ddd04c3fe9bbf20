// Not compiled for ThreadSanitizer, which sees of a signal what raise() and wait() say, and no more.
#include "races/signal.h"

#include <linux/futex.h>
#include <sanitizer/tsan_interface.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>

namespace emulation {

struct Signal::State {
  std::atomic<uint32_t> raised = 0;
  std::atomic<uint32_t> owners = 1;
};

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is a plain number");

Signal::Signal() : state_(new State) {}

Signal::Signal(const Signal& other) : state_(other.state_) { ++state_->owners; }

Signal::~Signal() {
  if (--state_->owners == 0) delete state_;
}

void Signal::raise() const {
  __tsan_release(state_);
  state_->raised = 1;
  syscall(SYS_futex, &state_->raised, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void Signal::wait(bool is_heeded) const {
  while (state_->raised == 0) syscall(SYS_futex, &state_->raised, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  if (is_heeded) __tsan_acquire(state_);
}

}  // namespace emulation
