#include "cuda_epoch.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace cl_torch::fused {
namespace {

void reserve_items(at::Tensor& tensor, int64_t count, at::ScalarType type, const at::Device& device) {
  if (tensor.defined() && tensor.numel() >= count) return;
  tensor = at::empty({count}, at::TensorOptions().dtype(type).device(device));
}

template <typename T>
void reserve_structs(at::Tensor& tensor, int64_t count, const at::Device& device) {
  reserve_items(tensor, count * static_cast<int64_t>(sizeof(T)), at::kByte, device);
}

template <typename T>
void upload(const at::Tensor& target, const std::vector<T>& source, cudaStream_t stream) {
  check(cudaMemcpyAsync(target.mutable_data_ptr(), source.data(), source.size() * sizeof(T), cudaMemcpyHostToDevice,
                        stream),
        "copying an epoch's plan to the GPU");
}

}  // namespace

EpochTables tables_of(const EpochPlan& plan) {
  EpochTables tables;
  const Examples all = plan.all();
  tables.view_of.resize(static_cast<size_t>(all.rows.size(0)));
  for (const Run& run : all.runs) {
    auto known = std::find(tables.views.begin(), tables.views.end(), run.view);
    if (known == tables.views.end()) known = tables.views.insert(known, run.view);
    const auto index = static_cast<int32_t>(known - tables.views.begin());
    std::fill(tables.view_of.begin() + run.begin, tables.view_of.begin() + run.end, index);
  }
  for (int64_t step = 0; step < plan.steps(); ++step) tables.begins.push_back(plan.step(step).runs.front().begin);
  return tables;
}

DeviceView device_view(const TaskView& view) {
  const at::Tensor& images = view.dataset().images();
  const bool has_bytes = images.scalar_type() == at::kByte;
  return {has_bytes ? images.const_data_ptr<uint8_t>() : nullptr, has_bytes ? nullptr : images.const_data_ptr<float>(),
          view.dataset().labels().const_data_ptr<int64_t>(), view.permutation().const_data_ptr<int32_t>()};
}

void CudaEpoch::reserve(const EpochPlan& plan, const EpochTables& tables, const at::Device& device) {
  const int64_t rows = plan.all().rows.size(0);
  reserve_structs<DeviceView>(views_, static_cast<int64_t>(tables.views.size()), device);
  reserve_items(view_of_, rows, at::kInt, device);
  reserve_items(row_of_, rows, at::kLong, device);
  reserve_items(begins_, plan.steps(), at::kLong, device);
  reserve_structs<AdamWFactors>(factors_, plan.steps(), device);
  reserve_items(losses_, plan.steps(), at::kFloat, device);
  reserve_items(step_, 1, at::kInt, device);
}

void CudaEpoch::load(const EpochPlan& plan, const EpochTables& tables, cudaStream_t stream) {
  std::vector<DeviceView> views;
  for (const TaskView* view : tables.views) views.push_back(device_view(*view));
  upload(views_, views, stream);
  upload(view_of_, tables.view_of, stream);
  upload(begins_, tables.begins, stream);
  const at::Tensor& rows = plan.all().rows;
  check(cudaMemcpyAsync(row_of_.mutable_data_ptr(), rows.const_data_ptr(), rows.nbytes(), cudaMemcpyDeviceToDevice,
                        stream),
        "copying an epoch's plan");
  check(cudaMemsetAsync(step_.mutable_data_ptr(), 0, step_.nbytes(), stream), "starting an epoch");
}

Selection CudaEpoch::selection() const {
  return {static_cast<const DeviceView*>(views_.const_data_ptr()),
          view_of_.const_data_ptr<int32_t>(),
          row_of_.const_data_ptr<int64_t>(),
          begins_.const_data_ptr<int64_t>(),
          step_.const_data_ptr<int32_t>(),
          0};
}

}  // namespace cl_torch::fused
