#include "engine/fused/cuda/engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/cuda/CUDAGuard.h>

#include <algorithm>
#include <array>

#include "engine/fused/cuda/cross_entropy.h"
#include "engine/fused/cuda/stream_scope.h"
#include "engine/mlp_importance.h"

namespace cl_torch::fused {
namespace {

constexpr int64_t kRowsAtOnce = 8192;  // in an evaluation

// A number that the stream's work left on the device.
template <typename T>
T fetch(const void* source, cudaStream_t stream) {
  T value{};
  check(cudaMemcpyAsync(&value, source, sizeof value, cudaMemcpyDeviceToHost, stream), "reading a result");
  check(cudaStreamSynchronize(stream), "waiting for the GPU");
  return value;
}

}  // namespace

CudaEngine::CudaEngine(Mlp& model, Precision precision)
    : model_(model),
      precision_(precision),
      trainer_(model, precision, 1),
      network_(trainer_.network()),
      results_(at::empty({2}, model.parameters().values().options().dtype(at::kDouble))),
      view_(at::empty({static_cast<int64_t>(sizeof(DeviceView))}, results_.options().dtype(at::kByte))) {}

std::vector<float> CudaEngine::train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                           Observer& observer) {
  const c10::NoGradGuard no_grad;
  const ParameterVector& parameters = model_.parameters();
  const c10::cuda::CUDAGuard device(parameters.values().device());
  UpdateVectors vectors{};
  vectors.values = parameters.values().mutable_data_ptr<float>();
  vectors.gradients = parameters.gradients().mutable_data_ptr<float>();
  vectors.rule = optimizer.rule();
  vectors.first = optimizer.elements(0);
  vectors.second = optimizer.elements(1);
  std::vector<float> losses;
  const std::array members{EpochMember{plan, optimizer, observer, losses}};
  if (trainer_.train(members, vectors, terms_of(objective, plan.steps()), 0) < plan.steps())
    observer.stop_if_cancelled();
  return losses;
}

ModelKind CudaEngine::kind() const { return {model_.widths(), precision_, model_.parameters().values().device()}; }

CorrectRows CudaEngine::count_correct(const TaskView& view, int64_t, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const at::Tensor& values = model_.parameters().values();
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = view.rows();
  network_.reserve(std::min(rows, kRowsAtOnce));
  const at::Tensor row_of = view.dataset_rows();
  const DeviceView source = device_view(view);  // outlives the scope: the copy from it may be late

  const StreamScope scope(network_);
  const cudaStream_t stream = network_.stream();
  check(cudaMemcpyAsync(view_.mutable_data_ptr(), &source, sizeof source, cudaMemcpyHostToDevice, stream),
        "starting an evaluation");
  check(cudaMemsetAsync(results_.mutable_data_ptr(), 0, results_.nbytes(), stream), "starting an evaluation");
  network_.use(values.const_data_ptr<float>());
  auto* counts = static_cast<unsigned long long*>(results_.mutable_data_ptr());
  for (int64_t begin = 0; begin < rows; begin += kRowsAtOnce) {
    observer.stop_if_cancelled();
    const int64_t count = std::min(kRowsAtOnce, rows - begin);
    network_.gather({static_cast<const DeviceView*>(view_.const_data_ptr()), nullptr, row_of.const_data_ptr<int64_t>(),
                     nullptr, nullptr, nullptr, begin, 0, 0, view.has_values()},
                    {count}, stream);
    network_.forward({count});
    network_.count_correct(count, view.classes(), counts);
    if (view.own_classes()) network_.count_correct(count, *view.own_classes(), counts + 1);
  }
  const auto correct = fetch<std::array<unsigned long long, 2>>(counts, stream);
  const auto in_classes = static_cast<int64_t>(correct[0]);
  return {in_classes, view.own_classes() ? static_cast<int64_t>(correct[1]) : in_classes};
}

double CudaEngine::loss(const at::Tensor& values, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = batch.labels.size(0);
  network_.reserve(rows);
  const StreamScope scope(network_);
  const BatchPlace place = enqueue_batch(values, batch);
  network_.forward(place);
  network_.losses(place);
  return mean_loss(rows);
}

double CudaEngine::add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) {
  const c10::NoGradGuard no_grad;
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = batch.labels.size(0);
  network_.reserve(rows);
  const StreamScope scope(network_);
  network_.forward_backward(enqueue_batch(values, batch), scale, gradient.mutable_data_ptr<float>(), true);
  return mean_loss(rows);
}

void CudaEngine::add_importance(const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                                at::Tensor& importance, Observer& observer) {
  cl_torch::add_importance(model_, values, batch, options, importance, observer);
}

BatchPlace CudaEngine::enqueue_batch(const at::Tensor& values, const Batch& batch) {
  ranges_.clear();
  for (const ClassRange& range : batch.classes) ranges_.push_back(bounds_of(range));
  network_.use(values.const_data_ptr<float>());
  network_.load(batch.inputs, batch.labels, ranges_);
  return {batch.labels.size(0), 0, !ranges_.empty()};
}

double CudaEngine::mean_loss(int64_t rows) {
  launch_mean_loss(network_.row_losses(), rows, static_cast<double*>(results_.mutable_data_ptr()), network_.stream());
  return fetch<double>(results_.const_data_ptr(), network_.stream());
}

}  // namespace cl_torch::fused
