#pragma once

// Plain: needs neither LibTorch nor Node-API.

#include <optional>
#include <string>
#include <vector>

#include "methods/objective_settings.h"

namespace cl_torch {

// What is to be trained, as far as the choice of an engine depends on it.
struct EngineDemand {
  std::string network;                // its kind
  std::vector<std::string> settings;  // of the network, that its plainest one does not have
  std::string device;                 // `cpu` or `cuda:N`
  bool augmentation;                  // whether an epoch shows its examples otherwise each time
  std::vector<ObjectivePart> objective;
  bool clips_gradient = false;  // whether a step's gradient has a largest norm
};

// Why the fused engine cannot train it, as a part of a sentence; nothing when it can.
std::optional<std::string> why_not_fused(const EngineDemand& demand);

// Throws ENGINE_UNAVAILABLE where there is such a reason.
void require_fused(const EngineDemand& demand);

}  // namespace cl_torch
