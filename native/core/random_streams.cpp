#include "random_streams.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

namespace cl_torch {

RandomStreams::RandomStreams(uint64_t seed) : host_(at::detail::createCPUGenerator(seed)) {}

at::Tensor RandomStreams::shuffled_order(int64_t rows) {
  draw();  // the loader's base seed, which only its worker processes would use
  const auto sampler = at::detail::createCPUGenerator(static_cast<uint64_t>(draw()));
  return at::randperm(rows, sampler, at::kLong);
}

void RandomStreams::unshuffled_pass() { draw(); }

int64_t RandomStreams::draw() { return at::empty({}, at::kLong).random_(host_).item<int64_t>(); }

}  // namespace cl_torch
