#include "engine/fused/cpu/arithmetic.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/for_vectors.h"
#include "engine/fused/cpu/cross_entropy.h"
#include "engine/fused/cpu/draw_normal.h"
#include "engine/fused/cpu/fixed_sum.h"
#include "engine/fused/cpu/functions.h"
#include "engine/fused/cpu/work_share.h"

namespace cl_torch::fused {
namespace {

CL_TORCH_LOOP void add_loop(float* target, const float* source, float factor, int64_t count) {
  for (int64_t i = 0; i < count; ++i) target[i] += factor * source[i];
}

CL_TORCH_LOOP void divide_loop(float* target, float divisor, int64_t count) {
  for (int64_t i = 0; i < count; ++i) target[i] /= divisor;
}

CL_TORCH_LOOP double dot_loop(const float* left, const float* right, int64_t count) {
  LaneSums<double> sums;
  for_lanes(count, [&](int64_t i, int64_t lane) CL_TORCH_ELEMENT {
    sums.lanes[lane] += static_cast<double>(left[i]) * static_cast<double>(right[i]);
  });
  return sums.total();
}

CL_TORCH_LOOP void softmax_row(const float* logits, float* result, int64_t classes) {
  float largest = logits[0];
  for (int64_t k = 1; k < classes; ++k) largest = logits[k] > largest ? logits[k] : largest;
  for (int64_t k = 0; k < classes; ++k) result[k] = exponential(logits[k] - largest);
  float sum = 0;
  for (int64_t k = 0; k < classes; ++k) sum += result[k];
  for (int64_t k = 0; k < classes; ++k) result[k] /= sum;
}

// Calls visit(begin, count) for each chunk of the elements.
template <typename Visit>
void for_chunks(int64_t size, const Visit& visit) {
  at::parallel_for(0, (size + kSumChunk - 1) / kSumChunk, 2, [&](int64_t first, int64_t end) {
    for (int64_t chunk = first; chunk < end; ++chunk) {
      visit(chunk * kSumChunk, std::min(kSumChunk, size - chunk * kSumChunk));
    }
  });
}

}  // namespace

void CpuArithmetic::add(at::Tensor& target, const at::Tensor& source, double factor) const {
  float* to = target.mutable_data_ptr<float>();
  const float* from = source.const_data_ptr<float>();
  for_chunks(target.numel(), [&](int64_t begin, int64_t count) {
    for_vectors<add_loop>(to + begin, from + begin, static_cast<float>(factor), count);
  });
}

at::Tensor CpuArithmetic::sum(const at::Tensor& start, const at::Tensor& way, double factor) const {
  at::Tensor result = start.clone();
  add(result, way, factor);
  return result;
}

double CpuArithmetic::wide_dot(const at::Tensor& left, const at::Tensor& right) const {
  const float* one = left.const_data_ptr<float>();
  const float* other = right.const_data_ptr<float>();
  std::vector<double> sums(static_cast<size_t>((left.numel() + kSumChunk - 1) / kSumChunk));
  for_chunks(left.numel(), [&](int64_t begin, int64_t count) {
    sums[static_cast<size_t>(begin / kSumChunk)] = for_vectors<dot_loop>(one + begin, other + begin, count);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

double CpuArithmetic::wide_norm(const at::Tensor& vector) const { return std::sqrt(wide_dot(vector, vector)); }

at::Tensor CpuArithmetic::dot(const at::Tensor& left, const at::Tensor& right) const {
  return at::scalar_tensor(wide_dot(left, right), at::kDouble);
}

at::Tensor CpuArithmetic::norm(const at::Tensor& vector) const {
  return at::scalar_tensor(wide_norm(vector), at::kDouble);
}

void CpuArithmetic::project(const at::Tensor& point, at::Tensor& vector, double tiny) const {
  add(vector, point, -wide_dot(point, vector) / (wide_dot(point, point) + tiny));
}

void CpuArithmetic::normalise(at::Tensor& vector, double tiny) const {
  const auto divisor = static_cast<float>(wide_norm(vector) + tiny);
  float* values = vector.mutable_data_ptr<float>();
  for_chunks(vector.numel(),
             [&](int64_t begin, int64_t count) { for_vectors<divide_loop>(values + begin, divisor, count); });
}

void CpuArithmetic::draw_normal(at::Tensor& target, const at::Generator& generator) const {
  fused::draw_normal(target, generator);
}

at::Tensor CpuArithmetic::softmax(const at::Tensor& logits) const {
  at::Tensor result = at::empty_like(logits);
  const int64_t classes = logits.size(1);
  const float* from = logits.const_data_ptr<float>();
  float* to = result.mutable_data_ptr<float>();
  at::parallel_for(0, logits.size(0), items_per_thread(classes * kLine), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for_vectors<softmax_row>(from + row * classes, to + row * classes, classes);
    }
  });
  return result;
}

double CpuArithmetic::cross_entropy(const at::Tensor& logits, const at::Tensor& labels) const {
  const int64_t rows = logits.size(0);
  const int64_t classes = logits.size(1);
  const at::Tensor no_bias = at::zeros({classes}, at::kFloat);
  std::vector<float> losses(static_cast<size_t>(rows));
  fused::cross_entropy(logits.const_data_ptr<float>(), no_bias.const_data_ptr<float>(),
                       labels.const_data_ptr<int64_t>(), nullptr, rows, classes, 0, losses.data(), nullptr);
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

}  // namespace cl_torch::fused
