#include "nn/loaded.h"

#include <ATen/ATen.h>

#include "base/named_tensors.h"
#include "nn/factory.h"

namespace cl_torch {

std::unique_ptr<Network> loaded_network(const NetworkSpec& spec, const std::vector<NamedTensor>& parameters,
                                        const std::vector<NamedTensor>& buffers, const c10::Device& device) {
  const Layout layout = network_layout(spec);
  require_shapes(layout.parameters(), parameters, "the parameters");
  require_shapes(layout.buffers(), buffers, "the buffers");
  auto network = make_blank_network(spec, device);
  network->parameters().values().copy_(from_named(network->parameters(), parameters));
  network->buffers().values().copy_(from_named(network->buffers(), buffers));
  return network;
}

}  // namespace cl_torch
