#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace cl_torch {

std::string megabytes(size_t bytes);

// Bytes that this process can still have, by the system's own estimate and the container's limit; nothing where neither
// is told.
std::optional<size_t> host_bytes_left();

// A sentence on how much memory this process can still have, by the same; empty where it is not told.
std::string host_memory_left();

}  // namespace cl_torch
