#pragma once

#include <string>

#include "base/error.h"

namespace cl_torch {

// The error that a failed CUDA call (a cudaError_t) is reported as; `message` says what was tried and what CUDA said.
Error cuda_failure(int status, const std::string& message);

}  // namespace cl_torch
