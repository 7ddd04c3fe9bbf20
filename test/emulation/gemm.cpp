// cuBLASLt: D = epilogue(op(A) op(B) + beta C), column-major.
#include <cublasLt.h>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>

#include "emulation.h"

struct EmulatedHandle {};
struct EmulatedPreference {
  uint32_t alignment = 1;
};
struct EmulatedOperation {
  cublasOperation_t transpose_a = CUBLAS_OP_N;
  cublasOperation_t transpose_b = CUBLAS_OP_N;
  cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
  int64_t bias_stride = 0;
  cudaDataType_t bias_type = CUDA_R_32F;
};
struct EmulatedLayout {
  cudaDataType_t type;
  uint64_t rows;
  uint64_t columns;
  int64_t leading;
  int32_t batch = 1;
  int64_t stride = 0;
};

namespace emulation {
bool has_bias_relu = true;
bool refuses_politely = true;

namespace {
int64_t products_left = 0;  // up to the one that is refused, itself included; none at 0
int refusal = CUBLAS_STATUS_NOT_SUPPORTED;
bool product_refused = false;
}  // namespace

void refuse_product(int64_t kth, int status) {
  products_left = kth;
  refusal = status;
  product_refused = false;
}

bool has_refused_product() { return product_refused; }
}  // namespace emulation

namespace {

// A pointer into a product of a batch.
const void* advanced(const void* data, cudaDataType_t type, int64_t elements) {
  return static_cast<const char*>(data) + elements * (type == CUDA_R_32F ? 4 : 2);
}

void* advanced(void* data, cudaDataType_t type, int64_t elements) {
  return const_cast<void*>(advanced(static_cast<const void*>(data), type, elements));
}

float at(const void* data, cudaDataType_t type, int64_t index) {
  if (type == CUDA_R_32F) return static_cast<const float*>(data)[index];
  return __bfloat162float(static_cast<const __nv_bfloat16*>(data)[index]);
}

float element(const void* data, const EmulatedLayout& layout, cublasOperation_t transpose, int64_t row,
              int64_t column) {
  if (transpose == CUBLAS_OP_T) std::swap(row, column);
  return at(data, layout.type, row + column * layout.leading);
}

void put(void* data, const EmulatedLayout& layout, int64_t row, int64_t column, float value) {
  const int64_t index = row + column * layout.leading;
  if (layout.type == CUDA_R_32F) {
    static_cast<float*>(data)[index] = value;
  } else {
    static_cast<__nv_bfloat16*>(data)[index] = __float2bfloat16_rn(value);
  }
}

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "emulation: cuBLASLt got %s\n", what);
  std::abort();
}

template <typename T>
void read_attribute(T& field, const void* value, size_t bytes) {
  require(bytes == sizeof field, "an attribute of another size");
  std::memcpy(&field, value, bytes);
}

struct Sizes {
  uint64_t rows;
  uint64_t inner;
  uint64_t columns;
};

// The product's sizes, once the layouts agree.
Sizes sizes_of(const EmulatedOperation& operation, const EmulatedLayout& a, const EmulatedLayout& b,
               const EmulatedLayout& d) {
  const bool ta = operation.transpose_a == CUBLAS_OP_T;
  const bool tb = operation.transpose_b == CUBLAS_OP_T;
  require((ta ? a.columns : a.rows) == d.rows, "an A of other rows than D's");
  require((tb ? b.rows : b.columns) == d.columns, "a B of other columns than D's");
  require((ta ? a.rows : a.columns) == (tb ? b.columns : b.rows), "an A and a B that do not fit");
  for (const auto* layout : {&a, &b, &d}) {
    require(layout->leading >= static_cast<int64_t>(layout->rows), "a leading dimension that is too small");
    require(layout->batch == d.batch, "batches of different lengths");
    require(layout->batch == 1 || layout->stride >= layout->leading * static_cast<int64_t>(layout->columns),
            "matrices of a batch that overlap");
  }
  return {d.rows, ta ? a.rows : a.columns, d.columns};
}

void require_aligned(const void* pointer, uint32_t alignment) {
  require(reinterpret_cast<uintptr_t>(pointer) % alignment == 0, "a matrix that is not aligned as it was told");
}

// op(matrix), one column after the other.
std::vector<double> read(const void* data, const EmulatedLayout& layout, cublasOperation_t transpose, uint64_t rows,
                         uint64_t columns) {
  std::vector<double> numbers;
  numbers.reserve(rows * columns);
  for (uint64_t column = 0; column < columns; ++column) {
    for (uint64_t row = 0; row < rows; ++row) numbers.push_back(element(data, layout, transpose, row, column));
  }
  return numbers;
}

// Each sum is taken in order; those of a column side by side.
void multiply(const EmulatedOperation& by, const Sizes& sizes, const void* a, const EmulatedLayout& in_a, const void* b,
              const EmulatedLayout& in_b, float kept, void* d, const EmulatedLayout& out) {
  const std::vector<double> left = read(a, in_a, by.transpose_a, sizes.rows, sizes.inner);
  const std::vector<double> right = read(b, in_b, by.transpose_b, sizes.inner, sizes.columns);
  std::vector<double> sums(sizes.rows);
  for (uint64_t column = 0; column < sizes.columns; ++column) {
    for (uint64_t row = 0; row < sizes.rows; ++row) {
      sums[row] = kept == 0 ? 0 : kept * static_cast<double>(element(d, out, CUBLAS_OP_N, row, column));
    }
    for (uint64_t k = 0; k < sizes.inner; ++k) {
      const double factor = right[column * sizes.inner + k];
      const double* from = left.data() + k * sizes.rows;
      for (uint64_t row = 0; row < sizes.rows; ++row) sums[row] += from[row] * factor;
    }
    for (uint64_t row = 0; row < sizes.rows; ++row) {
      double sum = sums[row];
      if (by.epilogue == CUBLASLT_EPILOGUE_RELU_BIAS) {
        sum += at(by.bias, by.bias_type, static_cast<int64_t>(row));
        if (sum < 0) sum = 0;
      }
      put(d, out, static_cast<int64_t>(row), static_cast<int64_t>(column), static_cast<float>(sum));
    }
  }
}

}  // namespace

const char* cublasLtGetStatusString(cublasStatus_t) { return "emulated status"; }
cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  return *handle = new EmulatedHandle, CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) { return delete handle, CUBLAS_STATUS_SUCCESS; }

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* operation, cublasComputeType_t, cudaDataType_t) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  return *operation = new EmulatedOperation, CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t operation) {
  return delete operation, CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t operation, cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, size_t bytes) {
  const auto copy = [&](auto& field) { read_attribute(field, value, bytes); };
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      copy(operation->transpose_a);
      break;
    case CUBLASLT_MATMUL_DESC_TRANSB:
      copy(operation->transpose_b);
      break;
    case CUBLASLT_MATMUL_DESC_EPILOGUE:
      copy(operation->epilogue);
      break;
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
      copy(operation->bias);
      break;
    case CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE:
      copy(operation->bias_stride);
      break;
    case CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE:
      copy(operation->bias_type);
      break;
  }
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType type, uint64_t rows,
                                          uint64_t columns, int64_t leading) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  return *layout = new EmulatedLayout{type, rows, columns, leading}, CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout,
                                                cublasLtMatrixLayoutAttribute_t attribute, const void* value,
                                                size_t bytes) {
  const auto copy = [&](auto& field) { read_attribute(field, value, bytes); };
  switch (attribute) {
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT:
      copy(layout->batch);
      break;
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET:
      copy(layout->stride);
      break;
  }
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  return delete layout, CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  return *preference = new EmulatedPreference, CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  return delete preference, CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                    cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                                                    size_t bytes) {
  const bool is_workspace = attribute == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES;
  require(bytes == (is_workspace ? sizeof(uint64_t) : sizeof(uint32_t)), "a preference of another size");
  if (!is_workspace) read_attribute(preference->alignment, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t operation,
                                              cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b,
                                              cublasLtMatrixLayout_t, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int,
                                              cublasLtMatmulHeuristicResult_t* results, int* found) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  emulation::forbid_in_capture("a choice of an algorithm");
  sizes_of(*operation, *a, *b, *d);
  if (emulation::products_left > 0 && --emulation::products_left == 0) {
    emulation::product_refused = true;
    return static_cast<cublasStatus_t>(emulation::refusal);
  }
  require(!operation->bias || reinterpret_cast<uintptr_t>(operation->bias) == preference->alignment,
          "a bias of another alignment than the matrices");
  results->algo.alignment = preference->alignment;
  const bool unknown = operation->epilogue == CUBLASLT_EPILOGUE_RELU_BIAS && !emulation::has_bias_relu;
  *found = unknown ? 0 : 1;
  results->state = CUBLAS_STATUS_SUCCESS;
  if (!unknown) return CUBLAS_STATUS_SUCCESS;
  return emulation::refuses_politely ? CUBLAS_STATUS_NOT_SUPPORTED : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t operation, const void*, const void* a,
                              cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout,
                              const void* beta, const void*, cublasLtMatrixLayout_t, void* d,
                              cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algorithm, void*, size_t,
                              cudaStream_t stream) {
  if (emulation::is_refused()) return CUBLAS_STATUS_ALLOC_FAILED;
  const Sizes sizes = sizes_of(*operation, *a_layout, *b_layout, *d_layout);
  for (int32_t i = 0; i < d_layout->batch; ++i) {
    require_aligned(advanced(a, a_layout->type, i * a_layout->stride), algorithm->alignment);
    require_aligned(advanced(b, b_layout->type, i * b_layout->stride), algorithm->alignment);
    require_aligned(advanced(d, d_layout->type, i * d_layout->stride), algorithm->alignment);
  }
  require(!operation->bias || operation->bias_type == d_layout->type, "a bias of another type than D's");
  emulation::give(stream, [=, by = *operation, in_a = *a_layout, in_b = *b_layout, out = *d_layout,
                           kept = *static_cast<const float*>(beta)] {
    for (int32_t i = 0; i < out.batch; ++i) {
      EmulatedOperation operation_of = by;
      operation_of.bias = by.bias ? advanced(by.bias, by.bias_type, i * by.bias_stride) : nullptr;
      multiply(operation_of, sizes, advanced(a, in_a.type, i * in_a.stride), in_a,
               advanced(b, in_b.type, i * in_b.stride), in_b, kept, advanced(d, out.type, i * out.stride), out);
    }
  });
  return CUBLAS_STATUS_SUCCESS;
}
