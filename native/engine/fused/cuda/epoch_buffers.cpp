#include "engine/fused/cuda/epoch_buffers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "engine/fused/cuda/check.h"

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

EpochTables tables_of(std::span<const EpochPlan* const> plans) {
  EpochTables tables;
  for (const EpochPlan* plan : plans) {
    const Examples all = plan->all();
    const auto begin = static_cast<int64_t>(tables.view_of.size());
    tables.view_of.resize(static_cast<size_t>(begin + all.rows.size(0)));
    for (const Run& run : all.runs) {
      auto known = std::find(tables.views.begin(), tables.views.end(), run.view);
      if (known == tables.views.end()) known = tables.views.insert(known, run.view);
      const auto index = static_cast<int32_t>(known - tables.views.begin());
      const auto first = tables.view_of.begin() + begin;
      std::fill(first + run.begin, first + run.end, index);
    }
    if (all.places.empty()) continue;
    tables.place_of.resize(static_cast<size_t>(begin));
    tables.place_of.insert(tables.place_of.end(), all.places.begin(), all.places.end());
  }
  if (!tables.place_of.empty()) tables.place_of.resize(tables.view_of.size());
  for (const TaskView* view : tables.views) {
    if (view->targets().defined()) tables.target_classes = std::min(tables.target_classes, view->targets().size(1));
  }
  const EpochPlan& any = *plans.front();
  for (int64_t step = 0; step < any.steps(); ++step) tables.begins.push_back(any.step(step).runs.front().begin);
  return tables;
}

bool have_same_shape(const EpochPlan& left, const EpochPlan& right) {
  if (left.steps() != right.steps()) return false;
  for (int64_t step = 0; step < left.steps(); ++step) {
    if (left.step(step).count() != right.step(step).count()) return false;
  }
  return true;
}

DeviceView device_view(const TaskView& view) {
  const at::Tensor& images = view.dataset().images();
  const bool has_bytes = view.dataset().has_bytes();
  return {has_bytes ? images.const_data_ptr<uint8_t>() : nullptr,
          has_bytes ? nullptr : images.const_data_ptr<float>(),
          view.dataset().features(),
          view.labels().const_data_ptr<int64_t>(),
          view.columns().const_data_ptr<int32_t>(),
          view.values().const_data_ptr<float>(),
          view.tables().defined() ? view.tables().const_data_ptr<int32_t>() : nullptr,
          bounds_of(view.classes()),
          view.targets().defined() ? view.targets().const_data_ptr<float>() : nullptr,
          view.targets().defined() ? view.targets().size(1) : 0};
}

ClassBounds bounds_of(const ClassRange& range) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  return {static_cast<int32_t>(std::min(range.begin, kMost)), static_cast<int32_t>(std::min(range.end, kMost))};
}

void EpochBuffers::reserve(std::span<const EpochPlan* const> plans, const EpochTables& tables,
                           const at::Device& device) {
  const auto models = static_cast<int64_t>(plans.size());
  const auto rows = static_cast<int64_t>(tables.view_of.size());
  const auto steps = static_cast<int64_t>(tables.begins.size());
  positions_ = rows / models;
  reserve_structs<DeviceView>(views_, static_cast<int64_t>(tables.views.size()), device);
  reserve_items(view_of_, rows, at::kInt, device);
  reserve_items(row_of_, rows, at::kLong, device);
  if (!tables.place_of.empty()) reserve_items(place_of_, rows, at::kLong, device);
  reserve_items(begins_, steps, at::kLong, device);
  reserve_structs<StepFactors>(factors_, steps * models, device);
  reserve_items(losses_, steps * models, at::kFloat, device);
  reserve_items(step_, models, at::kInt, device);
}

void EpochBuffers::load(std::span<const EpochPlan* const> plans, const EpochTables& tables, int64_t first_step,
                        cudaStream_t stream) {
  host_views_.clear();
  has_values_ = false;
  has_ranges_ = false;
  for (const TaskView* view : tables.views) {
    host_views_.push_back(device_view(*view));
    has_values_ |= view->has_values();
    has_ranges_ |= !view->classes().is_all();
  }
  upload(views_, host_views_, stream);
  upload(view_of_, tables.view_of, stream);
  has_places_ = !tables.place_of.empty();
  has_ranges_ |= has_places_;
  if (has_places_) upload(place_of_, tables.place_of, stream);
  upload(begins_, tables.begins, stream);
  int64_t* row_of = row_of_.mutable_data_ptr<int64_t>();
  for (const EpochPlan* plan : plans) {
    const at::Tensor rows = plan->all().rows;
    check(cudaMemcpyAsync(row_of, rows.const_data_ptr(), rows.nbytes(), cudaMemcpyDeviceToDevice, stream),
          "copying an epoch's plan");
    row_of += positions_;
  }
  host_step_.assign(plans.size(), static_cast<int32_t>(first_step));
  upload(step_, host_step_, stream);
}

Selection EpochBuffers::selection() const {
  return {static_cast<const DeviceView*>(views_.const_data_ptr()),
          view_of_.const_data_ptr<int32_t>(),
          row_of_.const_data_ptr<int64_t>(),
          has_places_ ? place_of_.const_data_ptr<int64_t>() : nullptr,
          begins_.const_data_ptr<int64_t>(),
          step_.const_data_ptr<int32_t>(),
          0,
          positions_,
          0,
          has_values_,
          has_ranges_};
}

}  // namespace cl_torch::fused
