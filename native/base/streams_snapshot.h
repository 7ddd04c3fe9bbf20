#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace cl_torch {

// States of the random streams, as LibTorch writes them. The device's are none on the CPU, where they are the host's.
struct StreamsSnapshot {
  std::vector<uint8_t> host;
  std::vector<uint8_t> method;
  std::optional<std::vector<uint8_t>> device;
  std::optional<std::vector<uint8_t>> method_device;
};

}  // namespace cl_torch
