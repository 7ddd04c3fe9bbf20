#include "random_streams.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

namespace cl_torch {

namespace {

constexpr uint64_t kMethodStream = 0x6c66642d73747265;  // any constant: it sets the method's seed apart

at::Generator on_device(const at::Generator& host, uint64_t seed, const c10::Device& device) {
  if (device.is_cpu()) return host;
  at::Generator generator = at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
  generator.set_current_seed(seed);
  return generator;
}

}  // namespace

RandomStreams::RandomStreams(uint64_t seed, const c10::Device& device)
    : host_(at::detail::createCPUGenerator(seed)),
      device_(on_device(host_, seed, device)),
      method_(at::detail::createCPUGenerator(seed ^ kMethodStream)),
      method_device_(on_device(method_, seed ^ kMethodStream, device)) {}

at::Tensor RandomStreams::shuffled_order(int64_t rows) {
  draw();  // the loader's base seed, which only its worker processes would use
  const auto sampler = at::detail::createCPUGenerator(static_cast<uint64_t>(draw()));
  return at::randperm(rows, sampler, at::kLong);
}

void RandomStreams::unshuffled_pass() { draw(); }

int64_t RandomStreams::draw() { return at::empty({}, at::kLong).random_(host_).item<int64_t>(); }

}  // namespace cl_torch
