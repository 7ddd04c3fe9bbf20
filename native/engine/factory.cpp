#include "engine/fused/factory.h"

#include "engine/autograd/engine.h"
#include "engine/choice.h"
#include "engine/group_trainer.h"

#ifdef CL_TORCH_WITH_CUDA_KERNELS
#include <c10/cuda/CUDAGuard.h>

#include "engine/autograd/cuda/graphed_engine.h"
#include "engine/cuda_graphs.h"
#include "engine/fused/cuda/group.h"
#endif

namespace cl_torch {
namespace {

std::unique_ptr<Engine> make_autograd_engine(Network& network, Precision precision) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  const c10::Device device = network.parameters().values().device();
  if (device.is_cuda() && wants_cuda_graphs()) {
    const c10::cuda::CUDAGuard guard(device);
    return std::make_unique<GraphedEngine>(network, precision);
  }
#endif
  return std::make_unique<AutogradEngine>(network, precision);
}

}  // namespace

std::optional<std::string> why_not_fused(const EngineDemand& demand) {
  const c10::Device device(demand.device);
  if (const auto reason = fused::why_not_network(demand.network, demand.settings)) return reason;
  if (const auto reason = fused::why_not_views(device, demand.augmentation)) return reason;
  if (const auto reason = fused::why_not_objective(device, demand.objective)) return reason;
  if (const auto reason = fused::why_not_optimizer(demand.clips_gradient)) return reason;
  return fused::why_not_device(device);
}

void require_fused(const EngineDemand& demand) {
  const auto reason = why_not_fused(demand);
  if (!reason) return;
  throw Error(code::kEngineUnavailable,
              "The fused engine was asked for, but " + *reason + "; or use --engine autograd.");
}

std::unique_ptr<Engine> make_engine(const EngineOptions& options, Network& network) {
  if (options.kind == EngineKind::kAutograd) return make_autograd_engine(network, options.precision);
  return fused::make_engine(network, options.precision);
}

std::unique_ptr<GroupTrainer> make_group_trainer() {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  return std::make_unique<fused::CudaGroup>();
#else
  return nullptr;
#endif
}

}  // namespace cl_torch
