#pragma once

#include "engine/options.h"
#include "nn/network_spec.h"
#include "node/arguments.h"
#include "optim/optimizer_options.h"

namespace cl_torch::node {

// Options that come in calls of their own and in a snapshot.

NetworkSpec network_spec(const Options& options);
Precision precision_option(const Options& options);
EngineOptions engine_options(const Options& options);
OptimizerOptions optimizer_options(const Options& options);

// What optimizer_options() reads.
Napi::Object optimizer_object(Napi::Env env, const OptimizerOptions& options);

// The words that they read.
const char* word_of(EngineKind kind);
const char* word_of(OptimizerKind kind);
const char* word_of(ScheduleKind kind);
const char* word_of(Precision precision);
Napi::Object network_object(Napi::Env env, const NetworkSpec& spec);

}  // namespace cl_torch::node
