#include "engine/fused/cpu/team_size.h"

#include <algorithm>

namespace cl_torch::fused {
namespace {

// Speeds that a smaller team is told before it tries a larger one; twice as many after each trial that did not pay.
constexpr int kFewestWindows = 4;
constexpr int kMostWindows = 64;
// A smaller team is tried when the speed falls below this share of the best so far. Beside one busy neighbour that of
// two threads is half.
constexpr double kSuspicious = 0.6;
// A team must be so many times as fast as one of half its size to go on. Undisturbed it is nearly twice as fast.
constexpr double kPays = 1.25;

}  // namespace

void TeamSize::told(double speed) {
  if (trying_) {
    trying_ = false;
    judge(speed);
    return;
  }
  best_ = std::max(best_, speed);
  if (size_ < most_ && --windows_left_ <= 0) {
    attempt(std::min(2 * size_, most_), speed);
  } else if (size_ > 1 && (!tried_ || speed < kSuspicious * best_)) {
    attempt(size_ / 2, speed);
  }
}

void TeamSize::attempt(int size, double speed) {
  trial_ = size;
  trying_ = true;
  speed_ = speed;
  tried_ = tried_ || size < size_;
}

// The trial's speed is `speed`.
void TeamSize::judge(double speed) {
  const bool is_larger = trial_ > size_;
  const double of_larger = is_larger ? speed : speed_;
  const double of_smaller = is_larger ? speed_ : speed;
  const bool changes = is_larger == (of_larger >= kPays * of_smaller);
  if (!changes) {
    // Slow for good is no longer suspicious, and what did not pay is tried later the next time.
    best_ = speed_;
    if (is_larger) patience_ = std::clamp(2 * patience_, kFewestWindows, kMostWindows);
    windows_left_ = patience_;
    return;
  }
  size_ = trial_;
  best_ = speed;
  patience_ = is_larger ? 0 : kFewestWindows;
  windows_left_ = patience_;
  // Where half as many are better, a quarter may be better still.
  if (!is_larger) tried_ = false;
}

}  // namespace cl_torch::fused
