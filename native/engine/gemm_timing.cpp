#include "engine/gemm_timing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace cl_torch {
namespace {

// Operands of one layer's products for a full batch.
struct Operands {
  at::Tensor weight, weight_gradient;  // [units, inputs]
  at::Tensor input, input_gradient;    // [batch, inputs]
  at::Tensor output, output_gradient;  // [batch, units]
};

std::vector<Operands> operands_of(const std::vector<int64_t>& widths, const at::TensorOptions& options,
                                  int64_t batch_size) {
  std::vector<Operands> layers;
  at::Tensor input = at::rand({batch_size, widths.front()}, options);
  for (size_t i = 1; i < widths.size(); ++i) {
    Operands layer;
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

void run_step(std::vector<Operands>& layers, int64_t rows, Multiply multiply) {
  const auto head = [rows](const at::Tensor& tensor) { return tensor.narrow(0, 0, rows); };
  for (Operands& layer : layers) {
    at::Tensor output = head(layer.output);
    multiply(head(layer.input), layer.weight.t(), output);
  }
  for (size_t i = layers.size(); i-- > 0;) {
    Operands& layer = layers[i];
    multiply(head(layer.output_gradient).t(), head(layer.input), layer.weight_gradient);
    if (i == 0) break;
    at::Tensor input_gradient = head(layer.input_gradient);
    multiply(head(layer.output_gradient), layer.weight, input_gradient);
  }
}

void finish(const std::vector<Operands>& layers) {
  if (layers.front().weight.is_cuda()) (void)layers.front().weight_gradient.flatten()[0].item<float>();
}

}  // namespace

double time_gemm_by(const std::vector<int64_t>& widths, const at::TensorOptions& options, int64_t rows,
                    int64_t batch_size, Multiply multiply) {
  std::vector<Operands> layers = operands_of(widths, options, std::min(rows, batch_size));
  run_step(layers, std::min(rows, batch_size), multiply);  // a first call of its own: threads, plans, pages
  finish(layers);
  const auto start = std::chrono::steady_clock::now();
  for (int64_t first = 0; first < rows; first += batch_size) {
    run_step(layers, std::min(batch_size, rows - first), multiply);
  }
  finish(layers);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double operations_of(const std::vector<int64_t>& widths, int64_t rows) {
  double multiplications = 0;
  for (size_t i = 1; i < widths.size(); ++i) {
    multiplications += static_cast<double>(widths[i - 1] * widths[i]) * (i == 1 ? 2 : 3);
  }
  return 2 * multiplications * static_cast<double>(rows);
}

}  // namespace cl_torch
