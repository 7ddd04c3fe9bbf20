#include "base/host_memory.h"

#include <fstream>
#include <optional>

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

}  // namespace

std::string megabytes(size_t bytes) { return std::to_string(bytes / 1000000) + " MB"; }

std::string host_memory_left() {
  const auto system = available_to_all();
  const auto container = left_to_container();
  if (!system && !container) return "";
  const bool is_limited = container && (!system || *container < *system);
  return "About " + megabytes(is_limited ? *container : *system) +
         (is_limited ? " of the container's memory" : " of memory") + " can still be had.";
}

}  // namespace cl_torch
