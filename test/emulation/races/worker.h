#pragma once

#include <functional>

#include "races/signal.h"

namespace emulation {

// A thread that does one thing after another, as it is given them by one thread at a time. It knows of that thread what
// was done before the thing was given; that thread learns nothing of it.
class Worker {
 public:
  Worker();
  // What was given is still done, without anyone who waits for it.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void give(std::function<void()> work);

 private:
  struct Link {
    std::function<void()> work;
    Link* next = nullptr;
    Signal has_next;
  };

  static void run(Link* done);

  Link* last_;
};

}  // namespace emulation
