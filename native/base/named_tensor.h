#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cl_torch {

struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;
};

}  // namespace cl_torch
