#include "nn/factory.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "base/error.h"
#include "nn/cnn.h"
#include "nn/mlp.h"
#include "nn/resnet18.h"

namespace cl_torch {
namespace {

struct Kind {
  const char* name;
  Layout (*layout)(const NetworkSpec&);
  std::unique_ptr<Network> (*make)(const NetworkSpec&, const c10::Device&);
};

template <typename Type>
constexpr Kind kind_of() {
  return {Type::kKind, &Type::layout_of, [](const NetworkSpec& spec, const c10::Device& device) {
            return std::unique_ptr<Network>(std::make_unique<Type>(spec, device));
          }};
}

constexpr Kind kKinds[] = {kind_of<Mlp>(), kind_of<Cnn>(), kind_of<ResNet18>()};

// What 32-bit indices can address.
constexpr int64_t kMostNumbers = (int64_t{1} << 31) - 1;
constexpr int64_t kMostInputs = int64_t{1} << 20;  // in a row

const Kind& kind_for(const NetworkSpec& spec) {
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) { return spec.kind == kind.name; });
  if (found == std::end(kKinds)) {
    std::string known;
    for (const Kind& kind : kKinds) known += (known.empty() ? "" : ", ") + std::string(kind.name);
    reject("There is no network of the kind '" + spec.kind + "'; there are: " + known + ".");
  }
  if ((spec.input.size() != 1 && spec.input.size() != 3) || spec.inputs() < 1 || spec.inputs() > kMostInputs) {
    reject("A network's input is [features] or [channels, height, width], at most " + std::to_string(kMostInputs) +
           " numbers a row; found " + std::to_string(spec.input.size()) + " extents.");
  }
  if (spec.classes < 1) reject("A network has one class or more; found " + std::to_string(spec.classes) + ".");
  return *found;
}

}  // namespace

std::unique_ptr<Network> make_network(const NetworkSpec& spec, const RandomStreams& streams,
                                      const c10::Device& device) {
  auto network = make_blank_network(spec, device);
  network->initialise(streams);
  return network;
}

std::unique_ptr<Network> make_blank_network(const NetworkSpec& spec, const c10::Device& device) {
  (void)network_layout(spec);
  return kind_for(spec).make(spec, device);
}

std::unique_ptr<Network> grown_network(const Network& network, int64_t classes, const RandomStreams& streams) {
  NetworkSpec spec = network.spec();
  spec.classes = classes;
  auto wider = make_blank_network(spec, network.parameters().values().device());
  wider->layout().start_new_rows(network.layout(), wider->parameters(), streams);
  const c10::NoGradGuard no_grad;
  carry_over(network.parameters(), network.parameters().values(), wider->parameters(), wider->parameters().values());
  wider->buffers().values().copy_(network.buffers().values());
  return wider;
}

std::vector<std::string> settings_beyond_plain(const NetworkSpec& spec) {
  return spec.kind == Mlp::kKind ? Mlp::settings_beyond_plain(spec) : std::vector<std::string>();
}

Layout network_layout(const NetworkSpec& spec) {
  Layout layout = kind_for(spec).layout(spec);
  if (layout.size() <= kMostNumbers) return layout;
  reject("A network has at most " + std::to_string(kMostNumbers) + " parameters, and this one would have " +
         std::to_string(layout.size()) + ": make its layers narrower.");
}

}  // namespace cl_torch
