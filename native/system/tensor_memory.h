#pragma once

#include <functional>
#include <optional>

#include "system/recycled_memory.h"

namespace cl_torch {

// Has LibTorch take the memory of all CPU tensors from here. Idempotent; before any tensor is made.
void manage_tensor_memory();

// While this lives, large blocks that tensors free on this thread are recycled: a training step asks for the sizes of
// the step before, and the C library would give them back to the system each time, which clears every page anew. One at
// a time on a thread.
class RecycledTensors {
 public:
  RecycledTensors();
  ~RecycledTensors();
  RecycledTensors(const RecycledTensors&) = delete;
  RecycledTensors& operator=(const RecycledTensors&) = delete;

  // Gives the system all that no tensor has.
  void give_back() { memory_.give_back(); }

 private:
  RecycledMemory memory_;
};

// The most bytes that large CPU tensors made in `work`, on this thread, have at once; nothing where none are recycled.
std::optional<size_t> most_bytes_at_once(const std::function<void()>& work);

}  // namespace cl_torch
