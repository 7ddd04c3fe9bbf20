#include "engine/fused/factory.h"

#include "engine/fused/cpu/engine.h"

#ifdef CL_TORCH_WITH_CUDA_KERNELS
#include <c10/cuda/CUDAGuard.h>

#include "engine/fused/cuda/engine.h"
#endif

namespace cl_torch::fused {
namespace {

#ifdef CL_TORCH_WITH_CUDA_KERNELS
constexpr bool kHasCudaKernels = true;
#else
constexpr bool kHasCudaKernels = false;
#endif

std::unique_ptr<Engine> make_cuda_engine([[maybe_unused]] Mlp& model, [[maybe_unused]] Precision precision) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  const c10::cuda::CUDAGuard device(model.parameters().values().device());
  return std::make_unique<CudaEngine>(model, precision);
#else
  return nullptr;
#endif
}

}  // namespace

std::optional<std::string> why_not_network(const std::string& network, const std::vector<std::string>& settings) {
  if (network != Mlp::kKind) {
    return "it trains networks of the kind '" + std::string(Mlp::kKind) + "', and this one is of the kind '" + network +
           "'";
  }
  if (!settings.empty()) {
    std::string names;
    for (const std::string& name : settings) names += (names.empty() ? "" : ", ") + name;
    return "its multilayer perceptrons have biases, ReLU and nothing else, and this one has settings of " + names;
  }
  return std::nullopt;
}

std::optional<std::string> why_not_device(const c10::Device& device) {
  if (!device.is_cpu() && !kHasCudaKernels) {
    return "the addon was built without CUDA kernels: no CUDA compiler (nvcc) that fits LibTorch was found. Install "
           "the CUDA toolkit of LibTorch's version, put its nvcc on PATH and run `npx cl-torch build --force`";
  }
  return std::nullopt;
}

std::optional<std::string> why_not_views(const c10::Device& device, bool augmentation) {
  if (!device.is_cpu() && augmentation) return "on a GPU it shows images as they are, and augmentation is asked for";
  return std::nullopt;
}

std::optional<std::string> why_not_objective(const c10::Device& device, const std::vector<ObjectivePart>& parts) {
  for (const ObjectivePart part : parts) {
    if (part == ObjectivePart::kGates) return "it has no gates of hidden units that are learnt";
    if (device.is_cpu()) continue;
    switch (part) {
      case ObjectivePart::kDirections:
        return "on a GPU it has one penalty on leaving a direction, and no second one";
      case ObjectivePart::kDraws:
        return "on a GPU it has no draws from the memory beside the batch";
      case ObjectivePart::kBinary:
        return "on a GPU it has no cross-entropy of sigmoids";
      case ObjectivePart::kPresent:
        return "on a GPU its cross-entropy goes over ranges of classes, and not over those of a batch's labels";
      case ObjectivePart::kTargets:
      case ObjectivePart::kPenalties:
      case ObjectivePart::kPath:
      case ObjectivePart::kMask:
      case ObjectivePart::kGates:
        break;
    }
  }
  return std::nullopt;
}

std::optional<std::string> why_not_optimizer(bool clips_gradient) {
  if (clips_gradient) {
    return "it updates parameters as soon as their gradients are there, and a gradient is clipped by the norm of all "
           "of it";
  }
  return std::nullopt;
}

std::unique_ptr<Engine> make_engine(Network& network, Precision precision) {
  Mlp& model = require_mlp(network);
  if (model.parameters().values().is_cpu()) return std::make_unique<CpuEngine>(model);
  return make_cuda_engine(model, precision);
}

Mlp& require_mlp(Network& network) {
  if (auto* mlp = dynamic_cast<Mlp*>(&network)) return *mlp;
  reject("This is for networks of the kind '" + std::string(Mlp::kKind) + "'; found one of the kind '" +
         network.spec().kind + "'.");
}

}  // namespace cl_torch::fused
