#include "base/host_memory.h"

#include <fstream>

namespace cl_torch {
namespace {

std::optional<size_t> number_in(const char* path) {
  std::ifstream file(path);
  size_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

// What the system would give without swapping: a line such as `MemAvailable:   12345 kB`.
std::optional<size_t> available_to_all() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    size_t kibibytes = 0;
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024;
  }
  return std::nullopt;
}

// What the container's limit leaves; a limit of `max` is none.
std::optional<size_t> left_to_container() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return std::nullopt;
  return *limit > *used ? *limit - *used : 0;
}

struct Left {
  size_t bytes;
  bool is_of_container;
};

std::optional<Left> left() {
  const auto system = available_to_all();
  const auto container = left_to_container();
  if (container && (!system || *container < *system)) return Left{*container, true};
  if (system) return Left{*system, false};
  return std::nullopt;
}

}  // namespace

std::string megabytes(size_t bytes) { return std::to_string(bytes / 1000000) + " MB"; }

std::optional<size_t> host_bytes_left() {
  const auto its_left = left();
  if (!its_left) return std::nullopt;
  return its_left->bytes;
}

std::string host_memory_left() {
  const auto its_left = left();
  if (!its_left) return "";
  return "About " + megabytes(its_left->bytes) +
         (its_left->is_of_container ? " of the container's memory" : " of memory") + " can still be had.";
}

}  // namespace cl_torch
