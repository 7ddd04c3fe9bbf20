#pragma once

// How the fused CPU engine's loops are shared out among the threads of the calling thread's team. Every loop gives the
// same result whatever the team's size, because no sum is cut where one thread's share ends.

#include <algorithm>
#include <cstdint>

namespace cl_torch::fused {

// A thread gets at least so many elements: for fewer, waking it costs more than it saves.
inline constexpr int64_t kElementsPerThread = 8192;

// Floats in a cache line. Two threads that write to the same line slow each other down, so columns are shared out by
// whole lines.
inline constexpr int64_t kLine = 16;

// How many items of so many elements each a thread gets at least: rows or columns of a matrix.
inline int64_t items_per_thread(int64_t elements) { return std::max<int64_t>(1, kElementsPerThread / elements); }

}  // namespace cl_torch::fused
