#pragma once

#include <cstdint>

namespace emulation {

enum class Wait { kNone, kStreamForEvent, kHostForEvent, kHostForStream };

// The `kth` wait from now on, counted from 1, takes place but is kept from ThreadSanitizer: what it ordered is to that
// as unordered as if the program had not asked for it. 0: none.
void hide_wait(int64_t kth);
Wait hidden_wait();

// Reports of ThreadSanitizer's so far.
int64_t races();
// What the next one is to end the program with; 0: it goes on.
void end_at_race(int status);

// Shows ThreadSanitizer what LibTorch, which it does not see into, does to tensors: reads, writes, frees.
void watch_tensors();

}  // namespace emulation
