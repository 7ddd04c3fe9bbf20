#pragma once

#include <memory>
#include <vector>

#include "base/named_tensor.h"
#include "nn/network.h"

namespace cl_torch {

// A network with these tensors. Before it takes memory for them, it throws INVALID_ARGUMENT unless they are all that
// such a network has, by names and shapes.
std::unique_ptr<Network> loaded_network(const NetworkSpec& spec, const std::vector<NamedTensor>& parameters,
                                        const std::vector<NamedTensor>& buffers, const c10::Device& device);

}  // namespace cl_torch
