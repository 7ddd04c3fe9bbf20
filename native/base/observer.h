#pragma once

#include <cstdint>

#include "base/error.h"

namespace cl_torch {

inline Error cancellation() { return Error(code::kAborted, "The call was cancelled."); }

// What a long job asks and tells; called by the thread that trains.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual bool cancelled() const = 0;
  // Whether a report is wanted now: reading the loss back may wait for the device.
  virtual bool report_due() = 0;
  virtual void report(int64_t step, int64_t steps, double loss) = 0;
  // Whether training goes on after a step with this loss. Asked wherever the loss is at hand without waiting for it.
  virtual bool accepts(double) const { return true; }
  // Told at an epoch's end by an engine that replays steps as CUDA graphs: whether it did, or had to run them one by
  // one.
  virtual void used_graphs(bool) {}

  void stop_if_cancelled() const {
    if (cancelled()) throw cancellation();
  }
};

}  // namespace cl_torch
