#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cl_torch {

struct CudaDevice {
  int index;
  std::string name;
  std::string capability;
  int64_t total_bytes;
};

struct CudaInfo {
  std::optional<std::string> build;    // toolkit of the LibTorch build
  std::optional<std::string> driver;   // highest version the driver runs
  std::optional<std::string> problem;  // why a CUDA build has no usable device
  bool kernels = false;                // whether the fused engine's CUDA kernels are built in
  std::vector<CudaDevice> devices;
};

struct RuntimeInfo {
  std::string libtorch;
  std::string libtorch_compiled;
  CudaInfo cuda;
  std::string cpu_capability;  // LibTorch's
  std::string vectors;         // the fused engine's (base/vector_class.h)
  int allowed_cpus;
  int default_threads;
  bool mkl;
};

// Sets what CUDA reads from the environment when it starts; to be called before anything else of CUDA.
void prepare_cuda();

// Starts no device.
CudaInfo cuda_info();
RuntimeInfo runtime_info();

// Throws DEVICE_UNAVAILABLE with the reason and the remedy unless `name` is `cpu` or a usable `cuda:N`.
void require_device(const std::string& name);

// Bytes that are free on a CUDA device, which it starts. Throws DEVICE_UNAVAILABLE.
int64_t free_gpu_memory(int index);

}  // namespace cl_torch
