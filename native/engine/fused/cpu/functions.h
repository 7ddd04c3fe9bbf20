#pragma once

// Functions that give the same bits on every processor, with any C library: sums and products alone, each rounded by
// itself, without branches, so that loops over them are vectorised. The ways are those of Cephes (S. L. Moshier,
// 1984-92).

#include <bit>
#include <cstdint>

namespace cl_torch::fused {

inline constexpr float kLog2E = 1.44269504F;
// ln 2 in two parts; the first has so few digits that its products with an exponent are exact.
inline constexpr float kLn2High = 0.693359375F;
inline constexpr float kLn2Low = -2.12194440e-4F;

// c0 + c1 x + c2 x² + …
template <typename... Rest>
constexpr float polynomial(float x, float first, Rest... rest) {
  if constexpr (sizeof...(rest) == 0) {
    return first;
  } else {
    return first + x * polynomial(x, rest...);
  }
}

// e^x, within one unit in the last place where the result is a normal number (0.99 in all of them); NaN of NaN.
inline float exponential(float x) {
  constexpr float kLeast = -104;        // and below: 0
  constexpr float kMost = 89;           // and above: infinity
  constexpr float kRounder = 12582912;  // 1.5 · 2^23: what is added to it is rounded to a whole number
  const float bounded = x < kLeast ? kLeast : (x > kMost ? kMost : x);
  const float shifted = bounded * kLog2E + kRounder;
  const float whole = shifted - kRounder;
  const float rest = (bounded - whole * kLn2High) - whole * kLn2Low;
  const float power = polynomial(rest, 5.0000001201e-1F, 1.6666665459e-1F, 4.1665795894e-2F, 8.3334519073e-3F,
                                 1.3981999507e-3F, 1.9875691500e-4F);
  const float result = (rest * rest) * power + rest + 1;
  // Times 2^whole, in two steps, since one factor alone may be no normal number.
  const int32_t exponent = std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(kRounder);
  const int32_t half = exponent >> 1;
  const auto power_of_two = [](int32_t value) { return std::bit_cast<float>((value + 127) << 23); };
  return result * power_of_two(half) * power_of_two(exponent - half);
}

// ln x of a positive normal number, within one unit in the last place (0.84 in all of them); infinity and NaN stay.
inline float logarithm(float x) {
  constexpr int32_t kRootOfHalf = 0x3f3504f3;
  const auto bits = std::bit_cast<int32_t>(x);
  const int32_t exponent = (bits - kRootOfHalf) >> 23;
  const float f = std::bit_cast<float>(bits - (exponent << 23)) - 1;
  const auto whole = static_cast<float>(exponent);
  const float square = f * f;
  const float power =
      polynomial(f, 3.3333331174e-1F, -2.4999993993e-1F, 2.0000714765e-1F, -1.6668057665e-1F, 1.4249322787e-1F,
                 -1.2420140846e-1F, 1.1676998740e-1F, -1.1514610310e-1F, 7.0376836292e-2F);
  const float small = (f * square) * power + whole * kLn2Low - 0.5F * square;
  const float result = (f + small) + whole * kLn2High;
  return x - x == 0 ? result : x;
}

// A point of the unit circle.
struct Circle {
  float cosine;
  float sine;
};

// The point at so many turns, from 0 to 1; within 2e-7.
inline Circle on_circle(float turns) {
  constexpr float kQuarter = 1.57079637F;  // of a turn, in radians
  const float quarters = 4 * turns;
  const auto nearest = static_cast<int32_t>(quarters + 0.5F);
  const float angle = (quarters - static_cast<float>(nearest)) * kQuarter;
  const float square = angle * angle;
  const float sine =
      angle + (angle * square) * polynomial(square, -1.6666654611e-1F, 8.3321608736e-3F, -1.9515295891e-4F);
  const float cosine =
      (1 - 0.5F * square) +
      (square * square) * polynomial(square, 4.166664568298827e-2F, -1.388731625493765e-3F, 2.443315711809948e-5F);
  switch (nearest & 3) {
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    case 3:
      return {sine, -cosine};
    default:
      return {cosine, sine};
  }
}

}  // namespace cl_torch::fused
