#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "../core/epoch_plan.h"
#include "cuda_arithmetic.h"
#include "cuda_resources.h"

namespace cl_torch::fused {

// A plan as lists that a kernel can read.
struct EpochTables {
  std::vector<const TaskView*> views;
  std::vector<int32_t> view_of;  // index of the view, for each of the plan's rows
  std::vector<int64_t> begins;   // first row of each step
};
EpochTables tables_of(const EpochPlan& plan);

DeviceView device_view(const TaskView& view);

// An epoch's plan, each step's factors and losses, and the count of its steps, on the device. The memory stays for the
// next epoch, which a captured step may then read in its turn.
class CudaEpoch {
 public:
  // Makes room; before load().
  void reserve(const EpochPlan& plan, const EpochTables& tables, const at::Device& device);
  // Returns when `tables` may go.
  void load(const EpochPlan& plan, const EpochTables& tables, cudaStream_t stream);

  Selection selection() const;
  int32_t* step() const { return step_.mutable_data_ptr<int32_t>(); }
  AdamWFactors* factors() const { return static_cast<AdamWFactors*>(factors_.mutable_data_ptr()); }
  float* losses() const { return losses_.mutable_data_ptr<float>(); }

 private:
  at::Tensor views_;    // DeviceView
  at::Tensor view_of_;  // int32 [rows]
  at::Tensor row_of_;   // int64 [rows]
  at::Tensor begins_;   // int64 [steps]
  at::Tensor factors_;  // AdamWFactors [steps]
  at::Tensor losses_;   // float32 [steps]
  at::Tensor step_;     // int32 [1]
};

}  // namespace cl_torch::fused
