#include "base/random_streams.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace cl_torch {

namespace {

constexpr uint64_t kMethodStream = 0x6c66642d73747265;  // any constant: it sets the method's seed apart

at::Generator new_generator(const c10::Device& device) {
  if (device.is_cpu()) return at::detail::createCPUGenerator();
  return at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
}

at::Generator on_device(const at::Generator& host, uint64_t seed, const c10::Device& device) {
  if (device.is_cpu()) return host;
  at::Generator generator = new_generator(device);
  generator.set_current_seed(seed);
  return generator;
}

std::vector<uint8_t> bytes_of(const at::Generator& generator) {
  const at::Tensor state = generator.get_state();
  const uint8_t* data = state.const_data_ptr<uint8_t>();
  return {data, data + state.numel()};
}

// LibTorch checks a Mersenne twister's two counters one by one; only together do they keep it inside its table.
bool counts_right(const at::Generator& generator) {
  if (!generator.device().is_cpu()) return true;
  const at::mt19937_data_pod data = generator.get<at::CPUGeneratorImpl>()->engine().data();
  const int64_t left = data.left_;
  const int64_t next = data.next_;
  return (left == 1 && next == 0) || left + next == at::MERSENNE_STATE_N + 1;
}

int64_t draw(const at::Generator& generator) { return at::empty({}, at::kLong).random_(generator).item<int64_t>(); }

// What a pass over a shuffled loader draws: the loader's base seed, which only its worker processes would use, and the
// sampler's.
uint64_t sampler_seed(const at::Generator& host) {
  draw(host);
  return static_cast<uint64_t>(draw(host));
}

at::Tensor order_of(int64_t rows, uint64_t seed) {
  return at::randperm(rows, at::detail::createCPUGenerator(seed), at::kLong);
}

at::Generator resumed(const std::vector<uint8_t>& bytes, const c10::Device& device, const char* name) {
  at::Generator generator = new_generator(device);
  const at::Tensor state = at::empty({static_cast<int64_t>(bytes.size())}, at::kByte);
  std::copy(bytes.begin(), bytes.end(), state.mutable_data_ptr<uint8_t>());
  bool fits = true;
  try {
    generator.set_state(state);
    fits = counts_right(generator);
  } catch (const c10::Error&) {
    fits = false;
  }
  if (!fits) {
    reject("The " + std::string(name) + " stream's state (" + std::to_string(bytes.size()) +
           " bytes) is none of this LibTorch's on " + device.str() + ".");
  }
  return generator;
}

at::Generator resumed_on_device(const std::optional<std::vector<uint8_t>>& bytes, const at::Generator& host,
                                const c10::Device& device, const char* name) {
  if (device.is_cpu() || !bytes) return on_device(host, host.current_seed(), device);
  return resumed(*bytes, device, name);
}

}  // namespace

RandomStreams::RandomStreams(uint64_t seed, const c10::Device& device)
    : host_(at::detail::createCPUGenerator(seed)),
      device_(on_device(host_, seed, device)),
      method_(at::detail::createCPUGenerator(seed ^ kMethodStream)),
      method_device_(on_device(method_, seed ^ kMethodStream, device)) {}

RandomStreams::RandomStreams(const StreamsSnapshot& snapshot, const c10::Device& device)
    : host_(resumed(snapshot.host, at::kCPU, "host")),
      device_(resumed_on_device(snapshot.device, host_, device, "device")),
      method_(resumed(snapshot.method, at::kCPU, "method")),
      method_device_(resumed_on_device(snapshot.method_device, method_, device, "method's device")) {}

StreamsSnapshot RandomStreams::snapshot() const {
  StreamsSnapshot snapshot{bytes_of(host_), bytes_of(method_), std::nullopt, std::nullopt};
  if (device_ != host_) {
    snapshot.device = bytes_of(device_);
    snapshot.method_device = bytes_of(method_device_);
  }
  return snapshot;
}

at::Tensor RandomStreams::shuffled_order(int64_t rows) {
  const uint64_t seed = sampler_seed(host_);
  std::optional<PreparedOrder> prepared = std::exchange(prepared_, std::nullopt);
  if (prepared && prepared->seed == seed && prepared->rows == rows) return prepared->order.get();
  return order_of(rows, seed);
}

uint64_t RandomStreams::method_seed() { return static_cast<uint64_t>(draw(method_)); }

void RandomStreams::prepare_order(int64_t rows) {
  const uint64_t seed = sampler_seed(host_.clone());
  prepared_ = PreparedOrder{seed, rows, std::async(std::launch::async, order_of, rows, seed)};
}

void RandomStreams::unshuffled_pass() { draw(host_); }

}  // namespace cl_torch
