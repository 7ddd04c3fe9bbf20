#include "system/recycled_memory.h"

#include <algorithm>
#include <iterator>
#include <new>

namespace cl_torch {

void* RecycledMemory::take(size_t bytes) {
  const auto has_size = [bytes](const Block& block) { return block.bytes == bytes; };
  const auto found = std::find_if(kept_.rbegin(), kept_.rend(), has_size);
  used_bytes_ += bytes;
  most_bytes_ = std::max(most_bytes_, used_bytes_);
  if (found == kept_.rend()) {
    while (!kept_.empty() && used_bytes_ + kept_bytes_ > 2 * most_bytes_) free_oldest();
    return nullptr;
  }
  void* const start = found->start;
  kept_.erase(std::next(found).base());
  kept_bytes_ -= bytes;
  return start;
}

void RecycledMemory::keep(void* block, size_t bytes) {
  if (bytes > used_bytes_) {  // it is from before the counting, and perhaps of a size that does not come again
    free_(block);
    return;
  }
  used_bytes_ -= bytes;
  try {
    kept_.push_back({block, bytes});
    kept_bytes_ += bytes;
  } catch (const std::bad_alloc&) {
    free_(block);
  }
}

void RecycledMemory::give_back() {
  for (const Block& block : kept_) free_(block.start);
  kept_.clear();
  kept_bytes_ = used_bytes_ = most_bytes_ = 0;
}

void RecycledMemory::free_oldest() {
  free_(kept_.front().start);
  kept_bytes_ -= kept_.front().bytes;
  kept_.erase(kept_.begin());
}

}  // namespace cl_torch
