#include "methods/bounded_quadratic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace cl_torch {
namespace {

// Added to the diagonal: far below what decides between elements, and enough for a singular matrix to be solved.
constexpr double kRidge = 1e-12;

// Works on y = x - least >= 0 with the smallest ½ yᵀ A y - cᵀ y.
class ActiveSet {
 public:
  ActiveSet(const std::vector<double>& matrix, std::vector<double> target)
      : matrix_(matrix), target_(std::move(target)), size_(target_.size()), y_(size_, 0), is_free_(size_, false) {
    for (const double each : target_) tolerance_ = std::max(tolerance_, 1e-12 * std::abs(each));
  }

  const std::vector<double>& solve() {
    // Each turn lowers the sum and no set comes twice; rounding alone could go on, and more turns than these say
    // nothing.
    for (size_t turn = 0; turn < 10 * size_ + 10; ++turn) {
      const size_t steepest = steepest_bound();
      if (steepest == size_) break;
      is_free_[steepest] = true;
      move_to_minimum();
    }
    return y_;
  }

 private:
  double entry(size_t i, size_t j) const { return matrix_[i * size_ + j] + (i == j ? kRidge : 0); }

  // The element at its bound along which the sum falls fastest; none: the number of elements.
  size_t steepest_bound() const {
    size_t steepest = size_;
    double most = tolerance_;
    for (size_t i = 0; i < size_; ++i) {
      if (is_free_[i]) continue;
      double descent = target_[i];
      for (size_t j = 0; j < size_; ++j) descent -= entry(i, j) * y_[j];
      if (descent > most) {
        most = descent;
        steepest = i;
      }
    }
    return steepest;
  }

  // The minimum over the free elements; those that would pass their bound on the way stay there.
  void move_to_minimum() {
    for (;;) {
      const std::vector<double> goal = minimum();
      double share = 1;
      for (size_t i = 0; i < size_; ++i) {
        if (is_free_[i] && goal[i] <= 0) share = std::min(share, y_[i] / (y_[i] - goal[i]));
      }
      for (size_t i = 0; i < size_; ++i) {
        if (!is_free_[i]) continue;
        const bool stops = goal[i] <= 0 && y_[i] + share * (goal[i] - y_[i]) <= 1e-14 * std::abs(goal[i] - y_[i]);
        y_[i] = stops ? 0 : y_[i] + share * (goal[i] - y_[i]);
        if (stops) is_free_[i] = false;
      }
      if (share == 1) return;
    }
  }

  // Of the free elements, by Cholesky's factorisation; 0 elsewhere.
  std::vector<double> minimum() const {
    std::vector<size_t> free;
    for (size_t i = 0; i < size_; ++i) {
      if (is_free_[i]) free.push_back(i);
    }
    const size_t count = free.size();
    std::vector<double> lower(count * count, 0);
    std::vector<double> solution(count);
    for (size_t i = 0; i < count; ++i) {
      double right = target_[free[i]];
      for (size_t j = 0; j <= i; ++j) {
        double sum = entry(free[i], free[j]);
        for (size_t k = 0; k < j; ++k) sum -= lower[i * count + k] * lower[j * count + k];
        lower[i * count + j] = i == j ? std::sqrt(std::max(sum, kRidge)) : sum / lower[j * count + j];
        if (j < i) right -= lower[i * count + j] * solution[j];
      }
      solution[i] = right / lower[i * count + i];
    }
    for (size_t i = count; i-- > 0;) {
      for (size_t k = i + 1; k < count; ++k) solution[i] -= lower[k * count + i] * solution[k];
      solution[i] /= lower[i * count + i];
    }
    std::vector<double> goal(size_, 0);
    for (size_t i = 0; i < count; ++i) goal[free[i]] = solution[i];
    return goal;
  }

  const std::vector<double>& matrix_;
  std::vector<double> target_;
  size_t size_;
  double tolerance_ = 0;  // a descent that is rounding
  std::vector<double> y_;
  std::vector<bool> is_free_;
};

}  // namespace

std::vector<double> minimise(const std::vector<double>& matrix, const std::vector<double>& linear,
                             const std::vector<double>& least) {
  const size_t size = linear.size();
  std::vector<double> target(size);
  for (size_t i = 0; i < size; ++i) {
    target[i] = -linear[i];
    for (size_t j = 0; j < size; ++j) target[i] -= matrix[i * size + j] * least[j];
  }
  std::vector<double> x = ActiveSet(matrix, std::move(target)).solve();
  for (size_t i = 0; i < size; ++i) x[i] += least[i];
  return x;
}

}  // namespace cl_torch
