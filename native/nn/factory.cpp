#include "nn/factory.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/error.h"
#include "nn/mlp.h"

namespace cl_torch {
namespace {

struct Kind {
  const char* name;
  NetworkShapes (*shapes)(const NetworkSpec&);
  std::unique_ptr<Network> (*make)(const NetworkSpec&, const c10::Device&);
};

template <typename Type>
constexpr Kind kind_of() {
  return {Type::kKind, &Type::shapes, [](const NetworkSpec& spec, const c10::Device& device) {
            return std::unique_ptr<Network>(std::make_unique<Type>(spec, device));
          }};
}

constexpr Kind kKinds[] = {kind_of<Mlp>()};

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
  return kind_for(spec).make(spec, device);
}

NetworkShapes network_shapes(const NetworkSpec& spec) { return kind_for(spec).shapes(spec); }

}  // namespace cl_torch
