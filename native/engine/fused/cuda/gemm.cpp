#include "engine/fused/cuda/gemm.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/cuda_failure.h"
#include "engine/fused/cuda/check.h"

namespace cl_torch::fused {
namespace {

// PyTorch tells cuBLASLt of no more.
constexpr int64_t kMostAlignmentBytes = 256;

void check_cublas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const cudaError_t pending = cudaGetLastError();  // cuBLAS tells less than the failure below it
  if (pending != cudaSuccess) check(pending, what);
  const std::string message = std::string(what) + ": " + cublasLtGetStatusString(status);
  const bool exhausted = status == CUBLAS_STATUS_ALLOC_FAILED;
  throw cuda_failure(exhausted ? cudaErrorMemoryAllocation : cudaErrorNotSupported, message);
}

template <typename T>
void set(cublasLtMatmulDesc_t operation, cublasLtMatmulDescAttributes_t attribute, const T& value) {
  check_cublas(cublasLtMatmulDescSetAttribute(operation, attribute, &value, sizeof value),
               "describing a matrix product");
}

template <typename T>
void set(cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t attribute, const T& value) {
  check_cublas(cublasLtMatrixLayoutSetAttribute(layout, attribute, &value, sizeof value), "describing a matrix");
}

template <typename T>
void set(cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t attribute, const T& value) {
  check_cublas(cublasLtMatmulPreferenceSetAttribute(preference, attribute, &value, sizeof value),
               "describing a matrix product");
}

// cuBLAS is column-major, where a row-major [rows, columns] is its own transpose.
cublasLtMatrixLayout_t layout(cudaDataType_t type, int64_t rows, int64_t columns) {
  cublasLtMatrixLayout_t result = nullptr;
  check_cublas(
      cublasLtMatrixLayoutCreate(&result, type, static_cast<uint64_t>(columns), static_cast<uint64_t>(rows), columns),
      "describing a matrix");
  return result;
}

cublasComputeType_t compute_type(Precision precision) {
  return precision == Precision::kTf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

}  // namespace

Gemm::Gemm(Precision precision, int64_t alignment)
    : precision_(precision),
      element_(precision == Precision::kBf16 ? Element::kBFloat16 : Element::kFloat32),
      alignment_bytes_(
          static_cast<uint32_t>(std::min(alignment * (element_ == Element::kBFloat16 ? 2 : 4), kMostAlignmentBytes))) {
  check_cublas(cublasLtCreate(&handle_), "starting cuBLASLt");
}

Gemm::~Gemm() {
  for (const Plan& plan : plans_) release(plan);
  cublasLtDestroy(handle_);
}

void Gemm::release(const Plan& plan) {
  if (plan.operation) cublasLtMatmulDescDestroy(plan.operation);
  for (const auto matrix : {plan.right, plan.left, plan.out}) {
    if (matrix) cublasLtMatrixLayoutDestroy(matrix);
  }
}

bool Gemm::has(const GemmShape& shape) { return plan(shape).found; }

void Gemm::multiply(const GemmShape& shape, const GemmOperands& operands, const Lane& lane) {
  const Plan& chosen = plan(shape);
  if (!chosen.found) {
    throw Error(code::kLibTorch, "cuBLASLt has no algorithm for a product of " + std::to_string(shape.rows) + " × " +
                                     std::to_string(shape.inner) + " by " + std::to_string(shape.inner) + " × " +
                                     std::to_string(shape.columns) +
                                     " in this precision on this GPU. Use --precision fp32 or --engine autograd.");
  }
  if (shape.bias_relu) set(chosen.operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, operands.bias);
  const float one = 1;
  const float kept = operands.add ? 1 : 0;
  // (op(left) op(right))^T = op(right)^T op(left)^T
  check_cublas(cublasLtMatmul(handle_, chosen.operation, &one, operands.right, chosen.right, operands.left, chosen.left,
                              &kept, operands.out, chosen.out, operands.out, chosen.out, &chosen.algorithm,
                              lane.workspace, static_cast<size_t>(kWorkspaceBytes), lane.stream),
               "starting a matrix product");
}

Gemm::Plan& Gemm::plan(const GemmShape& shape) {
  const auto known = std::find_if(plans_.begin(), plans_.end(), [&](const Plan& plan) { return plan.shape == shape; });
  if (known != plans_.end()) return *known;
  Plan fresh;
  fresh.shape = shape;
  try {
    describe(fresh);
    choose_algorithm(fresh);
  } catch (const Error& error) {
    release(fresh);
    const bool is_refusal = std::string_view(error.code()) == code::kLibTorch;
    if (!shape.bias_relu || !is_refusal) throw;  // the next call describes it anew, and says again what is wrong
    fresh = {};
    fresh.shape = shape;
  }
  return plans_.emplace_back(fresh);
}

void Gemm::describe(Plan& plan) const {
  const GemmShape& shape = plan.shape;
  const cudaDataType_t in = element_ == Element::kBFloat16 ? CUDA_R_16BF : CUDA_R_32F;
  const cudaDataType_t out = shape.float_out ? CUDA_R_32F : in;
  check_cublas(cublasLtMatmulDescCreate(&plan.operation, compute_type(precision_), CUDA_R_32F),
               "describing a matrix product");
  set(plan.operation, CUBLASLT_MATMUL_DESC_TRANSA, shape.transpose_right ? CUBLAS_OP_T : CUBLAS_OP_N);
  set(plan.operation, CUBLASLT_MATMUL_DESC_TRANSB, shape.transpose_left ? CUBLAS_OP_T : CUBLAS_OP_N);
  if (shape.bias_relu) {
    set(plan.operation, CUBLASLT_MATMUL_DESC_EPILOGUE, CUBLASLT_EPILOGUE_RELU_BIAS);
    set(plan.operation, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, out);
    // Never read before multiply() sets it: only its alignment counts in the choice.
    set(plan.operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, reinterpret_cast<const void*>(uintptr_t{alignment_bytes_}));
  }
  plan.right = shape.transpose_right ? layout(in, shape.columns, shape.inner) : layout(in, shape.inner, shape.columns);
  plan.left = shape.transpose_left ? layout(in, shape.inner, shape.rows) : layout(in, shape.rows, shape.inner);
  plan.out = layout(out, shape.rows, shape.columns);
  if (shape.batch.count == 1) return;
  if (shape.bias_relu) set(plan.operation, CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, shape.batch.bias);
  for (const auto& [matrix, stride] : {std::pair{plan.right, shape.batch.right}, std::pair{plan.left, shape.batch.left},
                                       std::pair{plan.out, shape.batch.out}}) {
    set(matrix, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<int32_t>(shape.batch.count));
    set(matrix, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, stride);
  }
}

void Gemm::choose_algorithm(Plan& plan) const {
  cublasLtMatmulPreference_t preference = nullptr;
  check_cublas(cublasLtMatmulPreferenceCreate(&preference), "describing a matrix product");
  set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, static_cast<uint64_t>(kWorkspaceBytes));
  for (const auto attribute :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    set(preference, attribute, alignment_bytes_);
  }
  cublasLtMatmulHeuristicResult_t result{};
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(handle_, plan.operation, plan.right, plan.left, plan.out,
                                                               plan.out, preference, 1, &result, &count);
  cublasLtMatmulPreferenceDestroy(preference);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return;
  check_cublas(status, "choosing an algorithm for a matrix product");
  plan.found = count > 0 && result.state == CUBLAS_STATUS_SUCCESS;
  plan.algorithm = result.algo;
}

}  // namespace cl_torch::fused
