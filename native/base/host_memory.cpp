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

// The number that follows a word of a file.
std::optional<size_t> number_after(const std::string& name, const char* path) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    size_t number = 0;
    if (word == name && file >> number) return number;
  }
  return std::nullopt;
}

// What the system would give without swapping: a line such as `MemAvailable:   12345 kB`.
std::optional<size_t> available_to_all() {
  const auto kibibytes = number_after("MemAvailable:", "/proc/meminfo");
  if (!kibibytes) return std::nullopt;
  return *kibibytes * 1024;
}

// What the container's limit leaves; a limit of `max` is none. Pages of files that have not been read lately count as
// used, and are given up when memory is wanted.
std::optional<size_t> left_to_container() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max");
  const auto used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return std::nullopt;
  const size_t files = number_after("inactive_file", "/sys/fs/cgroup/memory.stat").value_or(0);
  const size_t needed = *used > files ? *used - files : 0;
  return *limit > needed ? *limit - needed : 0;
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
