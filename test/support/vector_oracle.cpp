// Compares the fused CPU engine's GEMM, by each class of vectors that this processor has, with sums of std::fma over
// the inner dimension: every bit, over random sizes, strides, NaN, infinities and denormals; and the engine's
// exponential and logarithm with the C library's in double precision. Prints, as JSON, how many numbers are wrong.
// test/native/vector-oracle.test.ts compiles it with the kernels alone, without LibTorch.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "engine/fused/cpu/functions.h"
#include "engine/fused/cpu/gemm_kernel.h"

using namespace cl_torch::fused;
using cl_torch::VectorClass;

namespace {

std::mt19937 random_bits(2024);

int64_t draw(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random_bits); }

std::vector<float> numbers(int64_t count, bool with_specials) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float specials[] = {kInfinity, -kInfinity, std::nanf(""), -0.0F, 0.0F, 1e-42F, -3e38F};
  std::normal_distribution<float> normal;
  std::vector<float> result(static_cast<size_t>(count));
  for (float& value : result) value = with_specials && draw(0, 99) == 0 ? specials[draw(0, 6)] : normal(random_bits);
  return result;
}

// A matrix that is contiguous along its rows or its columns, which may be further apart than they are long.
struct Matrix {
  Matrix(int64_t rows, int64_t columns, bool with_specials) {
    const bool by_rows = draw(0, 1) == 0;
    const int64_t apart = (by_rows ? columns : rows) + draw(0, 2) * draw(0, 5);
    values = numbers((by_rows ? rows : columns) * apart, with_specials);
    view = {values.data(), by_rows ? apart : 1, by_rows ? 1 : apart};
  }
  float at(int64_t i, int64_t j) const { return view.data[i * view.row_stride + j * view.column_stride]; }

  std::vector<float> values;
  StridedMatrix view{};
};

bool same(float left, float right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
  return std::bit_cast<uint32_t>(left) == std::bit_cast<uint32_t>(right);
}

float expected(const Matrix& left, const Matrix& right, int64_t inner, int64_t i, int64_t j, float before, bool add) {
  float result = before;
  for (int64_t begin = 0; begin < inner; begin += kPanelInner) {
    float sum = 0;
    for (int64_t k = begin; k < std::min(inner, begin + kPanelInner); ++k)
      sum = std::fma(left.at(i, k), right.at(k, j), sum);
    result = add || begin > 0 ? sum + result : sum;
  }
  return result;
}

struct Case {
  explicit Case(int64_t number) : sizes(sizes_of(number)), add(draw(0, 2) == 0), is_special(draw(0, 2) == 0) {}

  // The first ones are around the kernels' own sizes; two of them have more than one panel.
  static GemmSizes sizes_of(int64_t number) {
    if (number < 2) return {draw(1, 9), draw(1, 20), kPanelInner * (number + 1) + draw(0, 9)};
    return {draw(1, 41), draw(1, 70), draw(1, 90)};
  }

  int64_t mismatches(const GemmKernel& kernel) const {
    const Matrix left(sizes.rows, sizes.inner, is_special);
    const Matrix right(sizes.inner, sizes.columns, is_special);
    const std::vector<float> before = numbers(sizes.rows * sizes.columns, false);
    const Interval rows{draw(0, sizes.rows - 1), sizes.rows};
    const Interval columns{0, draw(1, sizes.columns)};
    std::vector<float> out = before;
    multiply_part(kernel, sizes, left.view, right.view, out.data(), add, rows, columns);
    int64_t wrong = 0;
    for (int64_t i = 0; i < sizes.rows; ++i) {
      for (int64_t j = 0; j < sizes.columns; ++j) {
        const float was = before[static_cast<size_t>(i * sizes.columns + j)];
        const bool is_inside = i >= rows.begin && j < columns.end;
        const float wanted = is_inside ? expected(left, right, sizes.inner, i, j, was, add) : was;
        if (!same(out[static_cast<size_t>(i * sizes.columns + j)], wanted)) ++wrong;
      }
    }
    return wrong;
  }

  GemmSizes sizes;
  bool add;
  bool is_special;
};

void print(const char* name, int64_t wrong, std::string& printed) {
  printed += (printed.empty() ? "" : ",") + ("\"" + std::string(name) + "\":") + std::to_string(wrong);
}

void check(const char* name, const GemmKernel* kernel, bool is_here, std::string& printed) {
  if (!kernel || !is_here) return;
  constexpr int64_t kCases = 250;
  int64_t wrong = 0;
  for (int64_t number = 0; number < kCases; ++number) wrong += Case(number).mismatches(*kernel);
  print(name, wrong, printed);
}

// How many of the function's values between these bits are further than one unit in the last place from the exact ones.
template <typename Function, typename Exact>
int64_t inexact(const Function& function, const Exact& exact, uint32_t first, uint32_t last) {
  constexpr uint32_t kStep = 4099;
  int64_t wrong = 0;
  for (uint64_t bits = first; bits <= last; bits += kStep) {
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    const double expected = exact(static_cast<double>(x));
    const double unit = std::ldexp(1.0, std::max(std::ilogb(expected), -126) - 23);
    if (std::abs(function(x) - expected) > unit) ++wrong;
  }
  return wrong;
}

void check_functions(std::string& printed) {
  const auto bits = [](float value) { return std::bit_cast<uint32_t>(value); };
  const auto exact = [](double x) { return std::exp(x); };
  int64_t wrong = inexact(exponential, exact, bits(0), bits(88.7F));
  wrong += inexact(exponential, exact, bits(-0.0F), bits(-87.3F));
  if (exponential(0) != 1 || exponential(-1e30F) != 0 || !std::isinf(exponential(1e30F))) ++wrong;
  if (!std::isnan(exponential(std::nanf("")))) ++wrong;
  print("exponential", wrong, printed);
  wrong = inexact(
      logarithm, [](double x) { return std::log(x); }, bits(1.2e-38F), bits(3.4e38F));
  if (logarithm(1) != 0 || !std::isinf(logarithm(INFINITY)) || !std::isnan(logarithm(std::nanf("")))) ++wrong;
  print("logarithm", wrong, printed);
}

}  // namespace

int main() {
  std::string printed;
#ifdef __x86_64__
  check("avx512", avx512_gemm(), __builtin_cpu_supports("avx512f"), printed);
  check("avx2", avx2_gemm(), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), printed);
#endif
  check("neon", neon_gemm(), true, printed);
  check("plain", plain_gemm(), true, printed);
  check_functions(printed);
  std::printf("{%s}\n", printed.c_str());
}
