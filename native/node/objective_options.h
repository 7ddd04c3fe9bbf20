#pragma once

#include "data/rows.h"
#include "methods/objective_settings.h"
#include "node/arguments.h"

namespace cl_torch::node {

// Parts of an objective, which come in calls of their own and in a snapshot.

// The properties `penalties`, `path`, `mask` and `gates`; of the last three null stands for none.
std::vector<PenaltySettings> penalty_settings(const Options& options);
std::optional<PathSettings> path_settings(const Options& options);
std::optional<std::string> mask_setting(const Options& options);
std::optional<GateSettings> gate_settings(const Options& options);
// The properties `crossEntropy` and `targets`.
BatchLoss batch_loss(const Options& options);
// The property `draws`.
std::vector<MemoryDraw> memory_draws(const Options& options);
// A range of classes.
ClassRange class_range(const Options& options);
// The property `objective`, a list of words.
std::vector<ObjectivePart> objective_parts(const Options& options);
// All of them.
ObjectiveSettings objective_settings(const Options& options);

// Sets the properties that objective_settings() reads.
void write_objective(Napi::Env env, Napi::Object& object, const ObjectiveSettings& objective);

}  // namespace cl_torch::node
