#include "engine/fused/cuda/network.h"

#include <ATen/ATen.h>

#include "data/class_mask.h"
#include "engine/fused/cuda/bias_relu.h"
#include "engine/fused/cuda/count_correct.h"
#include "engine/fused/cuda/cross_entropy.h"
#include "engine/fused/cuda/mask_and_sum.h"
#include "engine/fused/cuda/output_layer.h"
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
  reserve_batch(batches_[0], rows);
  if (rows <= rows_) return;
  // Should an allocation fail, there are no buffers, and the next call makes them.
  rows_ = 0;
  ++generation_;
  activations_.clear();
  gradients_.clear();
  for (const Layer& layer : layers_) {
    const int64_t count = models_.count * matrix_stride(rows, layer.units);
    const bool is_output = &layer == &layers_.back();
    activations_.push_back(at::empty({count}, is_output ? options_.dtype(at::kFloat) : options_));
    gradients_.push_back(at::empty({count}, options_));
  }
  rows_ = rows;
}

void CudaNetwork::reserve_both(int64_t rows) {
  reserve(rows);
  reserve_batch(batches_[1], rows);
}

void CudaNetwork::reserve_batch(BatchBuffers& batch, int64_t rows) {
  if (rows <= batch.rows) return;
  batch = {};
  ++generation_;
  batch.inputs = at::empty({models_.count * matrix_stride(rows, layers_.front().inputs)}, options_);
  batch.labels = at::empty({models_.count, rows}, options_.dtype(at::kLong));
  const auto bytes = static_cast<int64_t>(sizeof(ClassBounds));
  batch.ranges = at::empty({models_.count, rows * bytes}, options_.dtype(at::kByte));
  const auto pointer_bytes = static_cast<int64_t>(sizeof(const float*));
  batch.targets = at::empty({models_.count, rows * pointer_bytes}, options_.dtype(at::kByte));
  batch.row_losses = at::empty({models_.count, rows}, options_.dtype(at::kDouble));
  batch.rows = rows;
}

void CudaNetwork::use(const float* values) {
  values_ = values;
  if (rounded_.defined()) launch_round(values_, rounded(), rounded_.numel(), stream());
}

const void* CudaNetwork::parameter(int64_t offset) const {
  if (!rounded_.defined()) return values_ + offset;
  return static_cast<const at::BFloat16*>(rounded_.const_data_ptr()) + offset;
}

const void* CudaNetwork::inputs(size_t index, const BatchPlace& batch) const {
  return (index == 0 ? batches_[batch.place].inputs : activations_[index - 1]).const_data_ptr();
}

void CudaNetwork::gather(const Selection& selection, const BatchPlace& batch, cudaStream_t stream) {
  const BatchBuffers& target = batches_[batch.place];
  launch_gather(selection, models_.count, batch.rows, layers_.front().inputs, element(),
                {target.inputs.mutable_data_ptr(), target.labels.mutable_data_ptr<int64_t>(),
                 static_cast<ClassBounds*>(target.ranges.mutable_data_ptr()),
                 static_cast<const float**>(target.targets.mutable_data_ptr())},
                stream);
}

void CudaNetwork::load(const at::Tensor& inputs, const at::Tensor& labels, const std::vector<ClassBounds>& ranges) {
  void* target = batches_[0].inputs.mutable_data_ptr();
  if (element() == Element::kBFloat16) {
    launch_round(inputs.const_data_ptr<float>(), target, inputs.numel(), stream());
  } else {
    check(cudaMemcpyAsync(target, inputs.const_data_ptr(), inputs.nbytes(), cudaMemcpyDeviceToDevice, stream()),
          "copying a batch");
  }
  check(cudaMemcpyAsync(batches_[0].labels.mutable_data_ptr(), labels.const_data_ptr(), labels.nbytes(),
                        cudaMemcpyDeviceToDevice, stream()),
        "copying a batch");
  if (ranges.empty()) return;
  check(cudaMemcpyAsync(batches_[0].ranges.mutable_data_ptr(), ranges.data(), ranges.size() * sizeof(ClassBounds),
                        cudaMemcpyHostToDevice, stream()),
        "copying a batch");
}

const ClassBounds* CudaNetwork::ranges(const BatchPlace& batch) const {
  if (!batch.has_ranges) return nullptr;
  return static_cast<const ClassBounds*>(batches_[batch.place].ranges.const_data_ptr());
}

bool CudaNetwork::forward_gemm(size_t index, const BatchPlace& batch) {
  const Layer& layer = layers_[index];
  const int64_t rows = batch.rows;
  const bool is_output = index + 1 == layers_.size();
  const GemmBatch strides{models_.count, matrix_stride(rows, layer.inputs), models_.stride,
                          matrix_stride(rows, layer.units), models_.stride};
  GemmShape shape{.rows = rows,
                  .columns = layer.units,
                  .inner = layer.inputs,
                  .batch = strides,
                  .transpose_right = true,
                  .float_out = is_output,
                  .bias_relu = !is_output};
  const bool fused = is_output || gemm_.has(shape);  // the loss adds the last bias
  shape.bias_relu = shape.bias_relu && fused;
  gemm_.multiply(
      shape,
      {inputs(index, batch), parameter(layer.weight), activations_[index].mutable_data_ptr(), parameter(layer.bias)},
      main_lane_);
  return fused;
}

void CudaNetwork::forward_layer(size_t index, const BatchPlace& batch) {
  if (forward_gemm(index, batch)) return;
  const Layer& layer = layers_[index];
  launch_bias_relu(activations_[index].mutable_data_ptr(), element(), bias(layer), models_, batch.rows, layer.units,
                   stream());
}

void CudaNetwork::forward(const BatchPlace& batch) {
  for (size_t i = 0; i < layers_.size(); ++i) forward_layer(i, batch);
}

void CudaNetwork::cross_entropy(const BatchPlace& batch, float scale, void* gradient) {
  const Layer& output = layers_.back();
  const BatchBuffers& buffers = batches_[batch.place];
  const CrossEntropyArguments arguments{
      models_,    logits(),     bias(output), buffers.labels.const_data_ptr<int64_t>(),      ranges(batch),
      batch.rows, output.units, scale,        buffers.row_losses.mutable_data_ptr<double>(), gradient,
      element()};
  if (!batch.terms.is_used) return launch_cross_entropy(arguments, stream());
  const auto* targets = static_cast<const float* const*>(buffers.targets.const_data_ptr());
  launch_row_targets({arguments, batch.terms, targets, batch.own}, stream());
}

void CudaNetwork::losses(const BatchPlace& batch) { cross_entropy(batch, 0, nullptr); }

bool CudaNetwork::has_narrow_output(const BatchPlace& batch) const {
  return layers_.back().units <= kMostClasses && !batch.terms.is_used;
}

void CudaNetwork::output_layer(const BatchPlace& batch, float scale) {
  const size_t index = layers_.size() - 1;
  const Layer& layer = layers_[index];
  const BatchBuffers& buffers = batches_[batch.place];
  void* inputs_gradient = index > 0 ? gradients_[index - 1].mutable_data_ptr() : nullptr;
  launch_output_layer(
      {models_, element(), inputs(index, batch), parameter(layer.weight), bias(layer),
       buffers.labels.const_data_ptr<int64_t>(), ranges(batch), batch.rows, layer.inputs, layer.units, scale,
       buffers.row_losses.mutable_data_ptr<double>(), gradients_[index].mutable_data_ptr(), inputs_gradient},
      stream());
}

void CudaNetwork::output_gradients(const BatchPlace& batch, float* gradient, bool add) {
  const size_t index = layers_.size() - 1;
  const Layer& layer = layers_[index];
  launch_output_gradients({models_, element(), gradients_[index].const_data_ptr(), inputs(index, batch), batch.rows,
                           layer.inputs, layer.units, gradient + layer.weight, gradient + layer.bias, add},
                          side_stream());
}

void CudaNetwork::forward_backward(const BatchPlace& batch, double scale, float* gradient, bool add,
                                   const std::function<void()>& beside) {
  const auto row_scale = static_cast<float>(scale / static_cast<double>(batch.rows));
  const size_t output = layers_.size() - 1;
  for (size_t i = 0; i < output; ++i) forward_layer(i, batch);
  if (has_narrow_output(batch)) {
    output_layer(batch, row_scale);
  } else {
    forward_layer(output, batch);
    cross_entropy(batch, row_scale, gradients_.back().mutable_data_ptr());
  }
  for (size_t i = layers_.size(); i-- > 0;) {
    layer_gradients(i, batch, gradient, add);
    if (i != 1 || !beside) continue;
    fork();
    beside();
  }
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
  const BatchPlace batch{rows};
  const size_t count = layers_.size() - (has_narrow_output(batch) ? 1 : 0);
  for (size_t i = 0; i < count; ++i) forward_gemm(i, {rows});
  if (has_narrow_output(batch)) output_layer({rows}, 1);
  fork();
  if (has_narrow_output(batch)) output_gradients({rows}, gradient, false);
  for (size_t i = count; i-- > 0;) {
    layer_gemm(i, {rows}, gradient, false);
    if (i > 0) fork();
  }
  join();
}

// Where no mask is to be applied, only the bias's sums are left to take, for which nothing waits.
void CudaNetwork::layer_gradients(size_t index, const BatchPlace& batch, float* gradient, bool add) {
  const Layer& layer = layers_[index];
  const bool is_output = index + 1 == layers_.size();
  const bool has_mask = !is_output && !(has_narrow_output(batch) && index + 2 == layers_.size());
  if (is_output) fork();
  if (is_output && has_narrow_output(batch)) {
    output_gradients(batch, gradient, add);
    return;
  }
  const void* activations = has_mask ? activations_[index].const_data_ptr() : nullptr;
  launch_mask_and_sum({models_, gradients_[index].mutable_data_ptr(), activations, element(), batch.rows, layer.units,
                       gradient + layer.bias, add},
                      has_mask ? stream() : side_stream());
  if (has_mask && index > 0) fork();
  layer_gemm(index, batch, gradient, add);
}

void CudaNetwork::layer_gemm(size_t index, const BatchPlace& batch, float* gradient, bool add) {
  const Layer& layer = layers_[index];
  const int64_t rows = batch.rows;
  void* output_gradient = gradients_[index].mutable_data_ptr();
  const int64_t outputs = matrix_stride(rows, layer.units);
  const int64_t input = matrix_stride(rows, layer.inputs);
  const GemmShape for_weights{.rows = layer.units,
                              .columns = layer.inputs,
                              .inner = rows,
                              .batch = {models_.count, outputs, input, models_.stride, 0},
                              .transpose_left = true,
                              .float_out = true};
  gemm_.multiply(for_weights, {output_gradient, inputs(index, batch), gradient + layer.weight, nullptr, add},
                 index > 0 ? side_lane_ : main_lane_);
  if (index == 0) return;
  const GemmShape for_inputs{.rows = rows,
                             .columns = layer.inputs,
                             .inner = layer.units,
                             .batch = {models_.count, outputs, models_.stride, input, 0}};
  gemm_.multiply(for_inputs, {output_gradient, parameter(layer.weight), gradients_[index - 1].mutable_data_ptr()},
                 main_lane_);
}

void CudaNetwork::count_correct(int64_t rows, const ClassRange& range, unsigned long long* count) {
  const Layer& output = layers_.back();
  const auto [begin, end] = within(range, output.units);
  launch_count_correct(
      {logits(), bias(output), batches_[0].labels.const_data_ptr<int64_t>(), rows, output.units, begin, end}, count,
      stream());
}

}  // namespace cl_torch::fused
