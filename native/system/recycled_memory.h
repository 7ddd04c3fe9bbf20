#pragma once

#include <cstddef>
#include <vector>

namespace cl_torch {

// Blocks of memory that were freed, kept for the next one of the same size. Not safe for use by several threads.
class RecycledMemory {
 public:
  using Free = void (*)(void* block);

  explicit RecycledMemory(Free free) : free_(free) {}
  ~RecycledMemory() { give_back(); }
  RecycledMemory(const RecycledMemory&) = delete;
  RecycledMemory& operator=(const RecycledMemory&) = delete;

  // A kept block of so many bytes, or null: then the caller makes one.
  void* take(size_t bytes);
  // Keeps a block that is no longer used, or frees one that was taken before the last giving back. What is used and
  // what is kept are together at most twice what was used at once since the last giving back: where they would be more,
  // and no kept block fits, the oldest are freed.
  void keep(void* block, size_t bytes);
  // Frees all that is kept, and counts anew.
  void give_back();
  // Bytes that were used at once since the last giving back.
  size_t most_bytes() const { return most_bytes_; }

 private:
  struct Block {
    void* start;
    size_t bytes;
  };

  void free_oldest();

  Free free_;
  std::vector<Block> kept_;  // in the order in which they came
  size_t kept_bytes_ = 0;
  size_t used_bytes_ = 0;
  size_t most_bytes_ = 0;  // that were used at once
};

}  // namespace cl_torch
