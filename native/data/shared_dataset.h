#pragma once

#include <cstdint>
#include <memory>

#include "data/rows.h"

namespace cl_torch {

class Dataset;

// Examples in the host's memory, for any number of sessions. This header keeps LibTorch out of the files that include
// it.
std::shared_ptr<const Dataset> make_shared_dataset(DatasetRows rows);

int64_t bytes_of(const Dataset& dataset);

}  // namespace cl_torch
