#include "engine/cuda_graphs.h"

#include <cstdlib>
#include <string>

#include "base/error.h"

namespace cl_torch {

bool wants_cuda_graphs() {
  const char* set = std::getenv("CL_TORCH_CUDA_GRAPHS");
  const std::string word = set ? set : "";
  if (word.empty() || word == "on") return true;
  if (word != "off") reject("CL_TORCH_CUDA_GRAPHS is '" + word + "': it is `on`, the default, or `off`.");
  return false;
}

}  // namespace cl_torch
