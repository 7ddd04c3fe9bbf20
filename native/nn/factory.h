#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/network.h"

namespace cl_torch {

// A freshly initialised network. Throws INVALID_ARGUMENT where there is none of that kind, or with such numbers.
std::unique_ptr<Network> make_network(const NetworkSpec& spec, const RandomStreams& streams, const c10::Device& device);

// The same with all numbers zero, for those of a snapshot.
std::unique_ptr<Network> make_blank_network(const NetworkSpec& spec, const c10::Device& device);

// The same network for more classes: what it has stays, the output units that are new start like a fresh layer's.
std::unique_ptr<Network> grown_network(const Network& network, int64_t classes, const RandomStreams& streams);

// Settings of a specification that the plainest network of its kind does not have.
std::vector<std::string> settings_beyond_plain(const NetworkSpec& spec);

// The tensors that it would have; takes no memory for them. Throws as make_network does.
Layout network_layout(const NetworkSpec& spec);

}  // namespace cl_torch
