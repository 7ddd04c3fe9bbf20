#pragma once

#include <cstdint>

namespace emulation {

// The order in which a block's threads run between two barriers; results must not depend on it.
extern bool last_thread_first;

// Whether cuBLASLt has products with a fused bias and ReLU; a real one need not have them for every shape.
extern bool has_bias_relu;

// Whether it then says so, or answers that something is wrong with the question.
extern bool refuses_politely;

// Whether copies from pageable memory read it as late as those from pinned memory; CUDA promises nothing better.
extern bool late_copies;

// Whether a capture ends with a graph.
extern bool captures;

// From now on the `kth` call that can fail, counted from 1, fails for want of memory: CUDA's, cuBLASLt's, and tensors'
// allocations. 0: none fails.
void refuse(int64_t kth);
// Counts such a call; whether it fails.
bool is_refused();
// Whether one has failed since refuse().
bool has_refused();
// Makes allocations of tensors calls that can fail.
void watch_allocations();

}  // namespace emulation
