#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "nn/mlp.h"

namespace cl_torch::fused {

// Why the fused engine cannot train a network of this kind with such settings; nothing when it can.
std::optional<std::string> why_not_network(const std::string& network, const std::vector<std::string>& settings);

// Why this build of it cannot train on such a device; nothing when it can.
std::optional<std::string> why_not_device(const c10::Device& device);

// Why it cannot show examples so on such a device; nothing when it can. As in EngineDemand.
std::optional<std::string> why_not_views(const c10::Device& device, bool augmentation);

// Why it cannot train by an objective with these parts on such a device; nothing when it can.
std::optional<std::string> why_not_objective(const c10::Device& device, const std::vector<ObjectivePart>& parts);

// Why it cannot train by such an optimiser; nothing when it can. As in EngineDemand.
std::optional<std::string> why_not_optimizer(bool clips_gradient);

// The fused engine for a network that nothing stands against.
std::unique_ptr<Engine> make_engine(Network& network, Precision precision);

// The network as the one kind that the fused engine trains; throws INVALID_ARGUMENT for another.
Mlp& require_mlp(Network& network);

}  // namespace cl_torch::fused
