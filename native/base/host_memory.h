#pragma once

#include <string>

namespace cl_torch {

std::string megabytes(size_t bytes);

// A sentence on how much memory this process can still have, by the system's own estimate and the container's limit;
// empty where neither is told.
std::string host_memory_left();

}  // namespace cl_torch
