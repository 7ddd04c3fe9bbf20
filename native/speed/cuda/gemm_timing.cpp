#include "speed/cuda/gemm_timing.h"

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
  const int64_t most_rows = std::min(rows, batch_size);
  const at::Tensor inputs = at::rand({most_rows, model.inputs()}, values.options());
  const at::Tensor labels = at::zeros({most_rows}, values.options().dtype(at::kLong));
  const at::Tensor gradient = at::zeros_like(values);
  float* gradients = gradient.mutable_data_ptr<float>();
  CudaNetwork network(model, precision, 1);
  network.reserve(most_rows);
  const StreamScope scope(network);
  network.use(values.const_data_ptr<float>());
  // A whole step first: the buffers of what is multiplied then hold numbers as in a training. A card may draw less
  // power, and so run faster, on zeros.
  network.load(inputs, labels);
  network.forward_backward({most_rows}, 1, gradients, false);
  std::map<int64_t, Graph> graphs;
  for (const int64_t count : {most_rows, rows % batch_size}) {
    if (count == 0 || graphs.contains(count)) continue;
    network.gemm_alone(count, gradients);  // chooses the algorithms, loads the kernels
    graphs.emplace(count, Graph::capture(network.stream(), [&] { network.gemm_alone(count, gradients); }));
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
