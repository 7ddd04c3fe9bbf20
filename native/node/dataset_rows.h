#pragma once

#include "data/rows.h"
#include "node/arguments.h"

namespace cl_torch::node {

// Copies of the examples that an options object has: its `images`, `labels` and `features`. Throws INVALID_ARGUMENT,
// which names `call`, when the sizes do not fit, a label is no class index or a number is not finite.
DatasetRows copy_dataset(Napi::Env env, const Options& options, const char* call);

// The same without labels, which are 0 then.
DatasetRows copy_inputs(Napi::Env env, const Options& options, const char* call);

}  // namespace cl_torch::node
