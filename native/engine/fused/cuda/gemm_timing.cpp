#include "engine/fused/cuda/gemm_timing.h"

#include <ATen/ATen.h>
#include <c10/cuda/CUDAGuard.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "engine/fused/cuda/stream_scope.h"

namespace cl_torch::fused {

double time_cuda_gemm(const Mlp& model, Precision precision, int64_t rows, int64_t batch_size) {
  const at::Tensor& values = model.parameters().values();
  const c10::cuda::CUDAGuard device(values.device());
  at::Tensor gradient = at::zeros_like(values);
  CudaNetwork network(model, precision, 1);
  network.reserve(std::min(rows, batch_size));
  const StreamScope scope(network);
  network.use(values.const_data_ptr<float>());
  const auto enqueue = [&](int64_t count) { network.gemm_alone(count, gradient.mutable_data_ptr<float>()); };
  std::map<int64_t, Graph> graphs;
  for (const int64_t count : {std::min(rows, batch_size), rows % batch_size}) {
    if (count == 0 || graphs.contains(count)) continue;
    enqueue(count);  // chooses the algorithms, loads the kernels
    graphs.emplace(count, Graph::capture(network.stream(), [&] { enqueue(count); }));
  }
  network.wait();
  const auto start = std::chrono::steady_clock::now();
  for (int64_t first = 0; first < rows; first += batch_size) {
    graphs.at(std::min(batch_size, rows - first)).launch(network.stream());
  }
  network.wait();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace cl_torch::fused
