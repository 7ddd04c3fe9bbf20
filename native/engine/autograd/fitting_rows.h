#pragma once

#include <cstdint>
#include <optional>

#include "engine/engine.h"

namespace cl_torch {

// How many examples at most pass the network together in a training step, by the memory that the device has left: two
// small batches tell what an example takes. A power of two; nothing where it cannot be told. The engine, which is the
// network's own, must take batches whole.
std::optional<int64_t> fitting_rows(Engine& engine, Network& network);

}  // namespace cl_torch
