#pragma once

#include <cstdint>

namespace emulation {

// Something that happens once, and that threads wait for; copies are the same signal. Who waits knows what was done
// before it happened, and nothing else: a mutex or a shared_ptr would also tell the waiting thread what came later, or
// the other one what the waiting one has done, and ThreadSanitizer would take that for an order.
class Signal {
 public:
  Signal();
  Signal(const Signal& other);
  Signal& operator=(const Signal&) = delete;
  ~Signal();

  void raise() const;
  // Where `is_heeded` is false, the wait is as long, but ThreadSanitizer is not told of it: to it the order that the
  // wait makes is none.
  void wait(bool is_heeded = true) const;

 private:
  struct State;
  State* state_;
};

}  // namespace emulation
