#pragma once

#include <vector>

#include "engine/options.h"
#include "methods/lfd/options.h"
#include "node/arguments.h"
#include "optim/optimizer_options.h"

namespace cl_torch::node {

// Options that come in calls of their own and in a snapshot.

std::vector<int64_t> layer_widths(const Options& options);
EngineOptions engine_options(const Options& options);
OptimizerOptions optimizer_options(const Options& options);
PenaltyOptions penalty_options(const Options& options);

// The words that they read.
const char* word_of(EngineKind kind);
const char* word_of(PenaltyGradient gradient);
const char* word_of(Precision precision);

}  // namespace cl_torch::node
