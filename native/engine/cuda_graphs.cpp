#include "engine/cuda_graphs.h"

#include <cstdlib>
#include <string>

#include "base/error.h"

namespace cl_torch {
namespace {

std::string setting() {
  const char* set = std::getenv("CL_TORCH_CUDA_GRAPHS");
  return set ? set : "";
}

}  // namespace

bool wants_cuda_graphs() {
  const std::string word = setting();
  if (word.empty() || word == "on") return true;
  if (word != "off") reject("CL_TORCH_CUDA_GRAPHS is '" + word + "': it is `on`, the default, or `off`.");
  return false;
}

bool wants_autograd_graphs() { return wants_cuda_graphs() && setting() == "on"; }

}  // namespace cl_torch
