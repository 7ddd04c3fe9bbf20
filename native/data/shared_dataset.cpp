#include "data/shared_dataset.h"

#include <utility>

#include "data/dataset.h"

namespace cl_torch {

std::shared_ptr<const Dataset> make_shared_dataset(DatasetRows rows) {
  return std::make_shared<const Dataset>(std::move(rows), c10::Device(c10::kCPU));
}

int64_t bytes_of(const Dataset& dataset) { return dataset.bytes(); }

}  // namespace cl_torch
