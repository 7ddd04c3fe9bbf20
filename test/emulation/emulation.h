#pragma once

#include <cstdint>

namespace emulation {

// The order in which a grid's blocks and, between two barriers, a block's threads run; results must not depend on it.
extern bool last_thread_first;

// Whether streams and a graph's branches take turns by chance, as far as no order was asked for. Else a stream's work
// waits until something asks for it, and then only as much runs as that needs.
extern bool by_chance;

// Whether a stream does at once what it is given, outside of captures.
extern bool at_once;

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

// The `kth` product from now on, counted from 1, gets `status` (a cublasStatus_t) in the place of an algorithm. 0:
// none.
void refuse_product(int64_t kth, int status);
bool has_refused_product();

// Ends the program with a message: what was done is wrong on a real device, or may be.
[[noreturn]] void fail(const char* why);

// Captures of the calling thread that have begun and not ended.
extern thread_local int captures_under_way;
// What a capture may not see: allocations, waits, copies of pageable memory, a kernel that is loaded at its first
// launch.
void forbid_in_capture(const char* what);
void launch_of(void (*kernel)());
void forget_kernels();

// Watches LibTorch: its allocations, which can fail from then on, and its operations.
void watch_libtorch();
// From now on the engine's streams must wait for what LibTorch's own stream was given before, and LibTorch for theirs.
// For one thread at a time.
void watch_order(bool watch);
// LibTorch's operations while it is watched so; 0 else.
uint64_t libtorch_operations();
// Ends the program if a stream of the engine's has work that is not done.
void require_idle_streams(const char* operation);

}  // namespace emulation
