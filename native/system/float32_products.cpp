#include "system/float32_products.h"

#include <ATen/Context.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>

#include "base/error.h"

namespace cl_torch {
namespace {

std::mutex mutex;

// What the sessions need, by session.
std::map<const Float32Products*, bool>& needs() {
  static auto* const all = new std::map<const Float32Products*, bool>;  // sessions may end after the library's statics
  return *all;
}

const char* word_of(bool rounded) { return rounded ? "tf32" : "float32"; }

}  // namespace

Float32Products::~Float32Products() {
  const std::lock_guard lock(mutex);
  needs().erase(this);
}

void Float32Products::need(bool rounded) {
  const std::lock_guard lock(mutex);
  const bool is_opposed = std::any_of(needs().begin(), needs().end(), [&](const auto& entry) {
    return entry.first != this && entry.second != rounded;
  });
  if (is_opposed) {
    reject(
        std::string("This session needs LibTorch's products on a GPU in ") + word_of(rounded) +
        ", and another session of this process needs them in " + word_of(!rounded) +
        "; LibTorch has one switch for both. Only the autograd engine with the precision tf32 needs tf32. Dispose of "
        "the other session first, or train in a process of its own.");
  }
  needs()[this] = rounded;
  at::globalContext().setAllowTF32CuBLAS(rounded);
  at::globalContext().setAllowTF32CuDNN(rounded);
}

}  // namespace cl_torch
