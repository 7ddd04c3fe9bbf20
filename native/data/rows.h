#pragma once

// Plain types, which need neither LibTorch nor Node-API.

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

namespace cl_torch {

// Examples of a data set, copied out of JavaScript's memory.
struct DatasetRows {
  std::variant<std::unique_ptr<uint8_t[]>, std::unique_ptr<float[]>> images;  // rows × features
  std::vector<int32_t> labels;                                                // rows
  int64_t rows = 0;
  int64_t features = 0;
};

// The same on the way back.
struct ExampleRows {
  std::variant<std::vector<uint8_t>, std::vector<float>> images;
  std::vector<int32_t> labels;
  int64_t features = 0;
};

}  // namespace cl_torch
