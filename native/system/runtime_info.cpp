#include "system/runtime_info.h"

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <algorithm>

#include "base/error.h"
#include "base/vector_class.h"
#include "system/thread_team.h"

namespace cl_torch {
namespace {

// Layers of a few hundred units have too little work in a step for more threads than this.
constexpr int kMostDefaultThreads = 16;

// lib/setup/addon/built-for.ts reads this out of the file, before it is loaded.
[[gnu::used]] const char kBuiltFor[] = "cl_torch_built_for=" TORCH_VERSION ";";

// The loaded library's own version; the header's may differ when LIBTORCH was exchanged after the build.
std::string loaded_version() {
  const std::string config = at::show_config();
  const std::string key = "TORCH_VERSION=";
  const size_t start = config.find(key);
  if (start == std::string::npos) return TORCH_VERSION;
  const size_t end = config.find_first_of(", \n", start);
  return config.substr(start + key.size(), end - start - key.size());
}

}  // namespace

RuntimeInfo runtime_info() {
  return {loaded_version(),
          TORCH_VERSION,
          cuda_info(),
          at::get_cpu_capability(),
          name_of(vector_class()),
          allowed_cpus(),
          std::min(allowed_cores(), kMostDefaultThreads),
          at::hasMKL()};
}

void require_device(const std::string& name) {
  if (name == "cpu") return;
  const CudaInfo cuda = cuda_info();
  if (!cuda.build) {
    throw Error(code::kDeviceUnavailable,
                "Device '" + name +
                    "' was asked for, but the addon was built for the CPU only. "
                    "Rebuild it with CL_TORCH_CUDA=on npx cl-torch build, or use the device 'cpu'.");
  }
  for (const CudaDevice& device : cuda.devices) {
    if (name == "cuda:" + std::to_string(device.index)) return;
  }
  throw Error(code::kDeviceUnavailable,
              "Device '" + name + "' cannot be used: " +
                  cuda.problem.value_or("this machine has " + std::to_string(cuda.devices.size()) +
                                        " CUDA device(s), numbered from 0.") +
                  " See npx cl-torch doctor, or use the device 'cpu'.");
}

}  // namespace cl_torch
