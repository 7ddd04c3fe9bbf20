#include "speed/gemm_timing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <vector>

#include "base/error.h"
#include "engine/fused/cpu/gemm.h"
#include "engine/fused/factory.h"
#include "nn/factory.h"
#include "system/thread_team.h"
#include "system/training_thread.h"

#ifdef CL_TORCH_WITH_CUDA_KERNELS
#include "speed/cuda/gemm_timing.h"
#endif

namespace cl_torch {
namespace {

// out <- left right
using Multiply = void (*)(const at::Tensor& left, const at::Tensor& right, at::Tensor& out);

// Operands of one layer's GEMMs for a full batch.
struct LayerOperands {
  at::Tensor weight, weight_gradient;  // [units, inputs]
  at::Tensor input, input_gradient;    // [batch, inputs]
  at::Tensor output, output_gradient;  // [batch, units]
};

std::vector<LayerOperands> make_operands(const Mlp& model, int64_t batch_size) {
  const auto options = model.parameters().values().options();
  std::vector<LayerOperands> layers;
  const std::vector<int64_t>& widths = model.widths();
  at::Tensor input = at::rand({batch_size, widths.front()}, options);
  for (size_t i = 1; i < widths.size(); ++i) {
    LayerOperands layer;
    layer.weight = at::rand({widths[i], widths[i - 1]}, options);
    layer.weight_gradient = at::empty_like(layer.weight);
    layer.input = input;
    layer.input_gradient = at::empty_like(input);
    layer.output = at::rand({batch_size, widths[i]}, options);
    layer.output_gradient = at::rand({batch_size, widths[i]}, options);
    input = layer.output;
    layers.push_back(std::move(layer));
  }
  return layers;
}

void multiply_libtorch(const at::Tensor& left, const at::Tensor& right, at::Tensor& out) {
  at::mm_out(out, left, right);
}

void multiply_fused(const at::Tensor& left, const at::Tensor& right, at::Tensor& out) {
  fused::multiply(left, right, out, fused::WriteMode::kReplace);
}

void run_step(std::vector<LayerOperands>& layers, int64_t rows, Multiply multiply) {
  const auto head = [rows](const at::Tensor& tensor) { return tensor.narrow(0, 0, rows); };
  for (LayerOperands& layer : layers) {
    at::Tensor output = head(layer.output);
    multiply(head(layer.input), layer.weight.t(), output);
  }
  for (size_t i = layers.size(); i-- > 0;) {
    LayerOperands& layer = layers[i];
    multiply(head(layer.output_gradient).t(), head(layer.input), layer.weight_gradient);
    if (i == 0) break;
    at::Tensor input_gradient = head(layer.input_gradient);
    multiply(head(layer.output_gradient), layer.weight, input_gradient);
  }
}

// On a GPU the calls return before their work is done: reading a result waits for it.
void wait(const std::vector<LayerOperands>& layers) {
  if (layers.front().weight.is_cuda()) (void)layers.front().weight_gradient.flatten()[0].item<float>();
}

double time_with(Multiply multiply, const Mlp& model, int64_t rows, int64_t batch_size) {
  std::vector<LayerOperands> layers = make_operands(model, std::min(rows, batch_size));
  run_step(layers, std::min(rows, batch_size), multiply);  // a first call of its own: threads, plans, pages
  wait(layers);
  const auto start = std::chrono::steady_clock::now();
  for (int64_t first = 0; first < rows; first += batch_size) {
    run_step(layers, std::min(batch_size, rows - first), multiply);
  }
  wait(layers);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::optional<double> time_own([[maybe_unused]] const GemmTimingOptions& options, const Mlp& model) {
  if (!model.parameters().values().is_cpu()) {
#ifdef CL_TORCH_WITH_CUDA_KERNELS
    return fused::time_cuda_gemm(model, options.precision, options.rows, options.batch_size);
#else
    return std::nullopt;
#endif
  }
  return time_with(multiply_fused, model, options.rows, options.batch_size);
}

double count_operations(const Mlp& model, int64_t rows) {
  double multiplications = 0;
  const std::vector<int64_t>& widths = model.widths();
  for (size_t i = 1; i < widths.size(); ++i) {
    multiplications += static_cast<double>(widths[i - 1] * widths[i]) * (i == 1 ? 2 : 3);
  }
  return 2 * multiplications * static_cast<double>(rows);
}

GemmTimes measure(const GemmTimingOptions& options) {
  const c10::Device device(options.device);
  if (options.precision != Precision::kFp32 && device.is_cpu()) {
    reject("Only the fused engine on a GPU has another precision than fp32, which 'precision' asks for.");
  }
  if (device.is_cpu()) form_thread_team(options.threads);
  // Parameters of a fresh model, not zeros: some processors multiply zeros faster.
  const auto network = make_network(options.network, RandomStreams(0, device), device);
  const Mlp& model = fused::require_mlp(*network);
  return {time_with(multiply_libtorch, model, options.rows, options.batch_size), time_own(options, model),
          count_operations(model, options.rows)};
}

}  // namespace

GemmTimes time_gemm(const GemmTimingOptions& options) {
  GemmTimes times;
  std::exception_ptr failure;
  TrainingThread thread;
  thread.enqueue([&] {
    try {
      times = measure(options);
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.stop();
  if (failure) std::rethrow_exception(failure);
  return times;
}

}  // namespace cl_torch
