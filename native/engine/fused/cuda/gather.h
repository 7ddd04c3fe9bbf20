#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "engine/fused/cuda/model_batch.h"

namespace cl_torch::fused {

// Outputs that stand beside each other, from the first to before the end; the end may be beyond the network's.
struct ClassBounds {
  int32_t begin;
  int32_t end;
  bool operator==(const ClassBounds&) const = default;
};

// A TaskView as a kernel reads it: pointers into device memory.
struct DeviceView {
  const uint8_t* bytes;      // [rows, width]; null where the data are
  const float* numbers;      // [rows, width]
  int64_t width;             // numbers in a row of the data set
  const int64_t* labels;     // [rows]
  const int32_t* column_of;  // [features]; -1 is zero
  const float* value_of;     // [256 a table]: what a byte is to the network
  const int32_t* table_of;   // [features]: where a column's table begins; null where there is one table
  ClassBounds classes;       // that a loss goes over
  const float* targets;      // stored outputs, [places, target_classes]; null: none
  int64_t target_classes;
  bool operator==(const DeviceView&) const = default;
};

// Which examples a batch takes. Its first stands at `offset` of a list or, when a training step asks, where the step
// that `step` counts begins: so one captured graph serves every step with as many rows.
struct Selection {
  const DeviceView* views;
  const int32_t* view_of;   // of each position, [models, positions]; null: all are of the first view
  const int64_t* row_of;    // of each position, [models, positions]; null: the position itself
  const int64_t* place_of;  // of each position, [models, positions]: where its stored outputs are; null: there are none
  const int64_t* begins;    // of each step
  const int32_t* step;      // [models]; null: `offset` counts
  int64_t offset;
  int64_t positions;
  int32_t ahead = 0;        // so many steps behind the one that `step` counts
  bool has_values = false;  // whether a view shows a byte as something else than byte / 255
  bool has_ranges = false;  // whether a view's loss goes over some of the classes only, or has stored outputs
  bool operator==(const Selection&) const = default;
};

// Where a batch lies.
struct BatchPointers {
  void* inputs;           // [rows, features] of each model
  int64_t* labels;        // [models, rows]
  ClassBounds* classes;   // [models, rows], of each row's loss; written where the selection has ranges,
  const float** targets;  // and so are these: each row's stored outputs, [models, rows]
};

// Copies the selected examples into a batch.
void launch_gather(const Selection& selection, int64_t models, int64_t rows, int64_t features, Element element,
                   const BatchPointers& batch, cudaStream_t stream);

}  // namespace cl_torch::fused
