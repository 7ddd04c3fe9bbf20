#pragma once

#include <napi.h>

namespace cl_torch::node {

// The function timeGemm: synchronous, because it is for a process that does nothing but measure.
Napi::Value get_gemm_times(const Napi::CallbackInfo& info);

}  // namespace cl_torch::node
