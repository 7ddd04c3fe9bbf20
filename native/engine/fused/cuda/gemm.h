#pragma once

#include <cublasLt.h>

#include <cstdint>
#include <vector>

#include "engine/fused/cuda/model_batch.h"
#include "engine/options.h"

namespace cl_torch::fused {

// A stream for GEMMs, with the memory that cuBLAS works in there.
struct Lane {
  cudaStream_t stream;
  void* workspace;
};

// How many GEMMs of the same shape, and the elements from one's operands to the next one's.
struct GemmBatch {
  int64_t count;
  int64_t left;
  int64_t right;
  int64_t out;
  int64_t bias;
  bool operator==(const GemmBatch&) const = default;
};

// out = op(left) op(right), all row-major; op transposes where it says so. `out` is [rows, columns], `inner` the
// length of the sums.
struct GemmShape {
  int64_t rows;
  int64_t columns;
  int64_t inner;
  GemmBatch batch;
  bool transpose_left = false;
  bool transpose_right = false;
  bool float_out = false;  // else out has the inputs' element type
  bool bias_relu = false;  // out = relu(op(left) op(right) + bias)
  bool operator==(const GemmShape&) const = default;
};

struct GemmOperands {
  const void* left;
  const void* right;
  void* out;
  const void* bias = nullptr;  // [columns], of out's element type
  bool add = false;            // out += instead of out =
};

// GEMMs by cuBLASLt. Which of its algorithms computes one depends on the shape, the alignment and the GPU alone, so
// that runs repeat bit for bit.
class Gemm {
 public:
  static constexpr int64_t kWorkspaceBytes = 32 << 20;  // NVIDIA's advice for Hopper

  // `alignment`: elements that the start of every matrix and of every bias is a multiple of.
  Gemm(Precision precision, int64_t alignment);
  ~Gemm();
  Gemm(const Gemm&) = delete;
  Gemm& operator=(const Gemm&) = delete;

  Element element() const { return element_; }

  // Whether cuBLASLt has an algorithm for it. For a fused bias and ReLU it need not have one: there every refusal means
  // that it has none. Throws what it refuses otherwise, and OUT_OF_MEMORY and DEVICE_LOST.
  bool has(const GemmShape& shape);

  // Throws LIBTORCH when there is no algorithm.
  void multiply(const GemmShape& shape, const GemmOperands& operands, const Lane& lane);

 private:
  struct Plan {
    GemmShape shape;
    cublasLtMatmulDesc_t operation = nullptr;
    cublasLtMatrixLayout_t right = nullptr;
    cublasLtMatrixLayout_t left = nullptr;
    cublasLtMatrixLayout_t out = nullptr;
    cublasLtMatmulAlgo_t algorithm{};
    bool found = false;
  };

  Plan& plan(const GemmShape& shape);
  static void release(const Plan& plan);
  void describe(Plan& plan) const;
  void choose_algorithm(Plan& plan) const;

  Precision precision_;
  Element element_;
  uint32_t alignment_bytes_;
  cublasLtHandle_t handle_ = nullptr;
  std::vector<Plan> plans_;
};

}  // namespace cl_torch::fused
