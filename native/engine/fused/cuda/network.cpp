#include "engine/fused/cuda/network.h"

#include <ATen/ATen.h>

#include "engine/fused/cuda/bias_relu.h"
#include "engine/fused/cuda/count_correct.h"
#include "engine/fused/cuda/cross_entropy.h"
#include "engine/fused/cuda/mask_and_sum.h"
#include "engine/fused/cuda/round.h"

namespace cl_torch::fused {

CudaNetwork::CudaNetwork(const Mlp& model, Precision precision, int64_t models)
    : models_{models, model.parameters().values().size(0)},
      gemm_(precision, TensorVector::alignment(model.parameters().values().device())) {
  const auto& segments = model.parameters().segments();
  const auto& widths = model.widths();
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    layers_.push_back({segments[2 * i].offset, segments[2 * i + 1].offset, widths[i], widths[i + 1]});
  }
  options_ = model.parameters().values().options();
  if (element() == Element::kBFloat16) {
    options_ = options_.dtype(at::kBFloat16);
    rounded_ = at::empty({models_.count, models_.stride}, options_);
  }
  workspaces_ = at::empty({2, Gemm::kWorkspaceBytes}, options_.dtype(at::kByte));
  main_lane_ = {main_.get(), workspaces_[0].mutable_data_ptr()};
  side_lane_ = {side_.get(), workspaces_[1].mutable_data_ptr()};
}

void CudaNetwork::wait() const {
  cudaStreamSynchronize(side_.get());
  cudaStreamSynchronize(main_.get());
}

void CudaNetwork::reserve(int64_t rows) {
  if (rows <= rows_) return;
  // Should an allocation fail, there are no buffers, and the next call makes them.
  rows_ = 0;
  ++generation_;
  activations_.clear();
  gradients_.clear();
  const auto add = [&](int64_t width, bool is_output) {
    const int64_t count = models_.count * matrix_stride(rows, width);
    activations_.push_back(at::empty({count}, is_output ? options_.dtype(at::kFloat) : options_));
    gradients_.push_back(at::empty({gradients_.empty() ? 0 : count}, options_));
  };
  add(layers_.front().inputs, false);
  for (const Layer& layer : layers_) add(layer.units, &layer == &layers_.back());
  labels_ = at::empty({models_.count, rows}, options_.dtype(at::kLong));
  row_losses_ = at::empty({models_.count, rows}, options_.dtype(at::kDouble));
  rows_ = rows;
}

void CudaNetwork::use(const float* values) {
  values_ = values;
  if (rounded_.defined()) launch_round(values_, rounded(), rounded_.numel(), stream());
}

const void* CudaNetwork::parameter(int64_t offset) const {
  if (!rounded_.defined()) return values_ + offset;
  return static_cast<const at::BFloat16*>(rounded_.const_data_ptr()) + offset;
}

void CudaNetwork::gather(const Selection& selection, int64_t rows) {
  launch_gather(selection, models_.count, rows, layers_.front().inputs, element(),
                activations_.front().mutable_data_ptr(), labels_.mutable_data_ptr<int64_t>(), stream());
}

void CudaNetwork::load(const at::Tensor& inputs, const at::Tensor& labels) {
  void* target = activations_.front().mutable_data_ptr();
  if (element() == Element::kBFloat16) {
    launch_round(inputs.const_data_ptr<float>(), target, inputs.numel(), stream());
  } else {
    check(cudaMemcpyAsync(target, inputs.const_data_ptr(), inputs.nbytes(), cudaMemcpyDeviceToDevice, stream()),
          "copying a batch");
  }
  check(cudaMemcpyAsync(labels_.mutable_data_ptr(), labels.const_data_ptr(), labels.nbytes(), cudaMemcpyDeviceToDevice,
                        stream()),
        "copying a batch");
}

bool CudaNetwork::forward_gemm(size_t index, int64_t rows) {
  const Layer& layer = layers_[index];
  const bool is_output = index + 1 == layers_.size();
  const GemmBatch batch{models_.count, matrix_stride(rows, layer.inputs), models_.stride,
                        matrix_stride(rows, layer.units), models_.stride};
  GemmShape shape{.rows = rows,
                  .columns = layer.units,
                  .inner = layer.inputs,
                  .batch = batch,
                  .transpose_right = true,
                  .float_out = is_output,
                  .bias_relu = !is_output};
  const bool fused = is_output || gemm_.has(shape);  // the loss adds the last bias
  shape.bias_relu = shape.bias_relu && fused;
  gemm_.multiply(shape,
                 {activations_[index].const_data_ptr(), parameter(layer.weight),
                  activations_[index + 1].mutable_data_ptr(), parameter(layer.bias)},
                 main_lane_);
  return fused;
}

void CudaNetwork::forward(int64_t rows) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (forward_gemm(i, rows)) continue;
    launch_bias_relu(activations_[i + 1].mutable_data_ptr(), element(), bias(layers_[i]), models_, rows,
                     layers_[i].units, stream());
  }
}

void CudaNetwork::cross_entropy(int64_t rows, float scale, void* gradient) {
  const Layer& output = layers_.back();
  launch_cross_entropy({models_, logits(), bias(output), labels_.const_data_ptr<int64_t>(), rows, output.units, scale,
                        row_losses(), gradient, element()},
                       stream());
}

void CudaNetwork::losses(int64_t rows) { cross_entropy(rows, 0, nullptr); }

void CudaNetwork::backward(int64_t rows, double scale, float* gradient, bool add) {
  const auto row_scale = static_cast<float>(scale / static_cast<double>(rows));
  cross_entropy(rows, row_scale, gradients_.back().mutable_data_ptr());
  for (size_t i = layers_.size(); i-- > 0;) layer_gradients(i, rows, gradient, add);
  join();
}

void CudaNetwork::fork() {
  ready_.record(stream());
  ready_.hold(side_.get());
}

void CudaNetwork::join() {
  done_.record(side_.get());
  done_.hold(stream());
}

void CudaNetwork::gemm_alone(int64_t rows, float* gradient) {
  for (size_t i = 0; i < layers_.size(); ++i) forward_gemm(i, rows);
  for (size_t i = layers_.size(); i-- > 0;) layer_gemm(i, rows, gradient, false);
  join();
}

void CudaNetwork::layer_gradients(size_t index, int64_t rows, float* gradient, bool add) {
  const Layer& layer = layers_[index];
  const bool is_output = index + 1 == layers_.size();
  const void* activations = is_output ? nullptr : activations_[index + 1].const_data_ptr();
  launch_mask_and_sum({models_, gradients_[index + 1].mutable_data_ptr(), activations, element(), rows, layer.units,
                       gradient + layer.bias, add},
                      stream());
  layer_gemm(index, rows, gradient, add);
}

void CudaNetwork::layer_gemm(size_t index, int64_t rows, float* gradient, bool add) {
  const Layer& layer = layers_[index];
  void* output_gradient = gradients_[index + 1].mutable_data_ptr();
  const int64_t outputs = matrix_stride(rows, layer.units);
  const int64_t inputs = matrix_stride(rows, layer.inputs);
  fork();
  const GemmShape for_weights{.rows = layer.units,
                              .columns = layer.inputs,
                              .inner = rows,
                              .batch = {models_.count, outputs, inputs, models_.stride, 0},
                              .transpose_left = true,
                              .float_out = true};
  gemm_.multiply(for_weights,
                 {output_gradient, activations_[index].const_data_ptr(), gradient + layer.weight, nullptr, add},
                 side_lane_);
  if (index == 0) return;
  const GemmShape for_inputs{.rows = rows,
                             .columns = layer.inputs,
                             .inner = layer.units,
                             .batch = {models_.count, outputs, models_.stride, inputs, 0}};
  gemm_.multiply(for_inputs, {output_gradient, parameter(layer.weight), gradients_[index].mutable_data_ptr()},
                 main_lane_);
}

void CudaNetwork::count_correct(int64_t rows, unsigned long long* count) {
  const Layer& output = layers_.back();
  launch_count_correct(logits(), bias(output), labels_.const_data_ptr<int64_t>(), rows, output.units, count, stream());
}

}  // namespace cl_torch::fused
