#pragma once

// Loops that are compiled once for each class of vectors (base/vector_class.h) and run in the one that is in use. They
// are plain C++, which the compiler vectorises:
//
//   CL_TORCH_LOOP void add_loop(float* target, const float* source, int64_t count) { ... }
//   for_vectors<add_loop>(target, source, count);
//
// A file with such loops is compiled with -ffp-contract=off, so that every product and every sum is rounded by itself
// in each class: then all classes have the same bits, unless the loop asks for sums in another order.

#include "base/vector_class.h"

#define CL_TORCH_LOOP static inline __attribute__((always_inline))

namespace cl_torch {

template <auto loop>
struct ForVectors;

template <typename Result, typename... Arguments, Result (*loop)(Arguments...)>
struct ForVectors<loop> {
#ifdef __x86_64__
  __attribute__((target("avx512f"))) static Result avx512(Arguments... arguments) { return loop(arguments...); }
  __attribute__((target("avx2"))) static Result avx2(Arguments... arguments) { return loop(arguments...); }
#endif
  static Result plain(Arguments... arguments) { return loop(arguments...); }

  static Result run(Arguments... arguments) {
#ifdef __x86_64__
    if (vector_class() == VectorClass::kAvx512) return avx512(arguments...);
    if (vector_class() == VectorClass::kAvx2) return avx2(arguments...);
#endif
    return plain(arguments...);
  }
};

template <auto loop, typename... Arguments>
auto for_vectors(Arguments... arguments) {
  return ForVectors<loop>::run(arguments...);
}

}  // namespace cl_torch
