#pragma once

#include <ATen/core/Tensor.h>

#include <limits>
#include <span>
#include <vector>

#include "data/epoch_plan.h"
#include "engine/fused/cuda/gather.h"
#include "optim/step_factors.h"

namespace cl_torch::fused {

// Plans as lists that a kernel can read.
struct EpochTables {
  std::vector<const TaskView*> views;
  std::vector<int32_t> view_of;   // index of the view, for each of the plans' rows
  std::vector<int64_t> place_of;  // of each of the plans' rows, where its stored outputs are; empty: no view has any
  std::vector<int64_t> begins;    // first row of each step, within a plan
  int64_t target_classes = std::numeric_limits<int64_t>::max();  // as many as all stored outputs have
};
EpochTables tables_of(std::span<const EpochPlan* const> plans);

// Whether the plans have the same number of rows in every step.
bool have_same_shape(const EpochPlan& left, const EpochPlan& right);

DeviceView device_view(const TaskView& view);
ClassBounds bounds_of(const ClassRange& range);

// The plans of an epoch, one a model and all of the same shape, each step's factors and losses, and the count of its
// steps, on the device. The memory stays for the next epoch, which a step captured in this one may then read.
class EpochBuffers {
 public:
  // Makes room; before load().
  void reserve(std::span<const EpochPlan* const> plans, const EpochTables& tables, const at::Device& device);
  // The next step is `first_step`. `tables` must outlive the stream's work: a copy from them may be late.
  void load(std::span<const EpochPlan* const> plans, const EpochTables& tables, int64_t first_step,
            cudaStream_t stream);

  // Behind load().
  Selection selection() const;
  int32_t* step() const { return step_.mutable_data_ptr<int32_t>(); }
  StepFactors* factors() const { return static_cast<StepFactors*>(factors_.mutable_data_ptr()); }
  float* losses() const { return losses_.mutable_data_ptr<float>(); }

 private:
  int64_t positions_ = 0;  // rows of a plan
  bool has_values_ = false;
  bool has_ranges_ = false;
  bool has_places_ = false;
  std::vector<DeviceView> host_views_;
  std::vector<int32_t> host_step_;
  at::Tensor views_;     // DeviceView
  at::Tensor view_of_;   // int32 [models, positions]
  at::Tensor row_of_;    // int64 [models, positions]
  at::Tensor place_of_;  // int64 [models, positions]; undefined until there are stored outputs
  at::Tensor begins_;    // int64 [steps]
  at::Tensor factors_;   // StepFactors [steps, models]
  at::Tensor losses_;    // float32 [steps, models]
  at::Tensor step_;      // int32 [models]
};

}  // namespace cl_torch::fused
