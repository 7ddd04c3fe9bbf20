#pragma once

#include <string>

namespace cl_torch {

// Which of the processor's vectors the fused CPU engine computes with. Its results do not depend on it, its speed does.
enum class VectorClass {
  kPlain,   // none: any processor, slowly
  kNeon,    // 64-bit ARM
  kAvx2,    // AVX2 and FMA
  kAvx512,  // AVX-512
};

// The widest that this processor has; a lesser one where the environment variable CL_TORCH_VECTORS names one of
// `plain`, `neon`, `avx2` and `avx512`. Throws INVALID_ARGUMENT where it names none of them, or one that this processor
// does not have.
VectorClass vector_class();

// As CL_TORCH_VECTORS names it.
std::string name_of(VectorClass vectors);

}  // namespace cl_torch
