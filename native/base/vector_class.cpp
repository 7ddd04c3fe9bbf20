#include "base/vector_class.h"

#include <cstdlib>
#include <vector>

#include "base/error.h"

namespace cl_torch {
namespace {

constexpr const char* kVariable = "CL_TORCH_VECTORS";

// From the least to the widest.
std::vector<VectorClass> available() {
  std::vector<VectorClass> classes = {VectorClass::kPlain};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) classes.push_back(VectorClass::kAvx2);
  if (__builtin_cpu_supports("avx512f")) classes.push_back(VectorClass::kAvx512);
#elif defined(__aarch64__)
  classes.push_back(VectorClass::kNeon);
#endif
  return classes;
}

VectorClass chosen() {
  const std::vector<VectorClass> classes = available();
  const char* wanted = std::getenv(kVariable);
  if (!wanted || !*wanted) return classes.back();
  std::string names;
  for (const VectorClass candidate : classes) {
    if (name_of(candidate) == wanted) return candidate;
    names += (names.empty() ? "" : ", ") + name_of(candidate);
  }
  reject(std::string(kVariable) + " is '" + wanted + "', but this processor has: " + names +
         ". Set it to one of these, or unset it for the widest.");
}

}  // namespace

VectorClass vector_class() {
  static const VectorClass vectors = chosen();
  return vectors;
}

std::string name_of(VectorClass vectors) {
  switch (vectors) {
    case VectorClass::kNeon:
      return "neon";
    case VectorClass::kAvx2:
      return "avx2";
    case VectorClass::kAvx512:
      return "avx512";
    case VectorClass::kPlain:
      break;
  }
  return "plain";
}

}  // namespace cl_torch
