#include "engine/fused/cpu/draw_normal.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <mutex>

#include "engine/fused/cpu/functions.h"

namespace cl_torch::fused {
namespace {

// Uniform draws are turned into normal ones in blocks of this size, each draw with the one half a block further
// (Box & Muller, 1958).
constexpr int64_t kBlock = 16;
constexpr int64_t kPair = kBlock / 2;

// A multiple of 2^-24 from 0 to 1, 1 excluded.
float draw_uniform(at::CPUGeneratorImpl& generator) {
  constexpr uint32_t kBits = (1U << 24) - 1;
  return static_cast<float>(generator.random() & kBits) * 0x1p-24F;
}

void make_normal(float* block) {
  for (int64_t i = 0; i < kPair; ++i) {
    const float radius = std::sqrt(-2 * logarithm(1 - block[i]));
    const Circle point = on_circle(block[i + kPair]);
    block[i] = radius * point.cosine;
    block[i + kPair] = radius * point.sine;
  }
}

void draw_block(float* block, at::CPUGeneratorImpl& generator) {
  for (int64_t i = 0; i < kBlock; ++i) block[i] = draw_uniform(generator);
}

}  // namespace

void draw_normal(at::Tensor& target, const at::Generator& generator) {
  const int64_t size = target.numel();
  // So few are made one by one from draws in double precision, whose rounding to float32 is the same everywhere.
  if (size < kBlock) {
    target.normal_(0, 1, generator);
    return;
  }
  auto& source = *generator.get<at::CPUGeneratorImpl>();
  const std::lock_guard lock(source.mutex_);
  float* values = target.mutable_data_ptr<float>();
  for (int64_t i = 0; i < size; ++i) values[i] = draw_uniform(source);
  for (int64_t i = 0; i + kBlock <= size; i += kBlock) make_normal(values + i);
  if (size % kBlock == 0) return;
  // The last ones are drawn again.
  draw_block(values + size - kBlock, source);
  make_normal(values + size - kBlock);
}

}  // namespace cl_torch::fused
