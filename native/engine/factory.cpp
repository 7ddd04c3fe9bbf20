#include "engine/autograd/engine.h"
#include "engine/fused/cpu/avx512_gemm.h"
#include "engine/fused/cpu/engine.h"
#include "engine/fused/cpu/gemm.h"
#include "engine/gemm_timing.h"
#include "engine/group_trainer.h"

#ifdef CL_TORCH_WITH_CUDA_KERNELS
#include <c10/cuda/CUDAGuard.h>

#include "engine/fused/cuda/engine.h"
#include "engine/fused/cuda/gemm_timing.h"
#include "engine/fused/cuda/group.h"
#endif

namespace cl_torch {
namespace {

std::unique_ptr<Engine> make_cuda_engine([[maybe_unused]] Mlp& model, [[maybe_unused]] Precision precision) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  const c10::cuda::CUDAGuard device(model.parameters().values().device());
  return std::make_unique<fused::CudaEngine>(model, precision);
#else
  throw Error(code::kEngineUnavailable,
              "The fused engine was asked for on a GPU, but the addon was built without CUDA kernels: no CUDA compiler "
              "(nvcc) that fits LibTorch was found. Install the CUDA toolkit of LibTorch's version, put its nvcc on "
              "PATH and run `npx cl-torch build --force`; or use --engine autograd.");
#endif
}

}  // namespace

std::unique_ptr<Engine> make_engine(const EngineOptions& options, Mlp& model) {
  if (options.kind == EngineKind::kAutograd) return std::make_unique<AutogradEngine>(model);
  if (model.parameters().values().is_cpu()) return std::make_unique<fused::CpuEngine>(model);
  return make_cuda_engine(model, options.precision);
}

std::unique_ptr<GroupTrainer> make_group_trainer() {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
  return std::make_unique<fused::CudaGroup>();
#else
  return nullptr;
#endif
}

std::optional<double> time_own_gemm(const Mlp& model, [[maybe_unused]] Precision precision, int64_t rows,
                                    int64_t batch_size) {
  if (!model.parameters().values().is_cpu()) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
    return fused::time_cuda_gemm(model, precision, rows, batch_size);
#else
    return std::nullopt;
#endif
  }
  if (!fused::has_avx512_gemm()) return std::nullopt;
  return time_gemm_by(model, rows, batch_size, [](const at::Tensor& left, const at::Tensor& right, at::Tensor& out) {
    fused::multiply(left, right, out, fused::Into::kReplace);
  });
}

}  // namespace cl_torch
