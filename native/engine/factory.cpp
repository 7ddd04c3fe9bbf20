#include "engine/fused/factory.h"
#include <ATen/ops/mm.h>

#include "engine/autograd/engine.h"
#include "engine/choice.h"
#include "engine/fused/cpu/avx512_gemm.h"
#include "engine/fused/cpu/gemm.h"
#include "engine/gemm_timing.h"
#include "engine/group_trainer.h"

#ifdef CL_TORCH_WITH_CUDA_KERNELS
#include "engine/fused/cuda/gemm_timing.h"
#include "engine/fused/cuda/group.h"
#endif

namespace cl_torch {

std::optional<std::string> why_not_fused(const EngineDemand& demand) {
  return fused::why_not(demand.network, c10::Device(demand.device));
}

void require_fused(const EngineDemand& demand) {
  const auto reason = why_not_fused(demand);
  if (!reason) return;
  throw Error(code::kEngineUnavailable,
              "The fused engine was asked for, but " + *reason + "; or use --engine autograd.");
}

std::unique_ptr<Engine> make_engine(const EngineOptions& options, Network& network) {
  if (options.kind == EngineKind::kAutograd) return std::make_unique<AutogradEngine>(network);
  return fused::make_engine(network, options.precision);
}

std::unique_ptr<GroupTrainer> make_group_trainer() {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  return std::make_unique<fused::CudaGroup>();
#else
  return nullptr;
#endif
}

std::optional<double> time_own_gemm(const Network& network, [[maybe_unused]] Precision precision, int64_t rows,
                                    int64_t batch_size) {
  const Mlp& model = fused::require_mlp(network);
  if (!model.parameters().values().is_cpu()) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
    return fused::time_cuda_gemm(model, precision, rows, batch_size);
#else
    return std::nullopt;
#endif
  }
  if (!fused::has_avx512_gemm()) return std::nullopt;
  return time_gemm_by(model.widths(), model.parameters().values().options(), rows, batch_size,
                      [](const at::Tensor& left, const at::Tensor& right, at::Tensor& out) {
                        fused::multiply(left, right, out, fused::WriteMode::kReplace);
                      });
}

GemmTimes time_gemm(const Network& network, Precision precision, int64_t rows, int64_t batch_size) {
  const std::vector<int64_t>& widths = fused::require_mlp(network).widths();
  const auto multiply = [](const at::Tensor& left, const at::Tensor& right, at::Tensor& out) {
    at::mm_out(out, left, right);
  };
  return {time_gemm_by(widths, network.parameters().values().options(), rows, batch_size, multiply),
          time_own_gemm(network, precision, rows, batch_size), operations_of(widths, rows)};
}

}  // namespace cl_torch
