#include "engine/fused/cpu/team_size.h"

#include <algorithm>

namespace cl_torch::fused {
namespace {

// Speeds that a smaller team is told before it tries a larger one; twice as many after each trial that did not pay.
constexpr int kFewestWindows = 4;
constexpr int kMostWindows = 64;
// A smaller team is tried when the speed stays below this share of the best so far. Beside one busy neighbour that of
// two threads is half.
constexpr double kSuspicious = 0.7;
// A team must be so many times as fast as one of half its size to go on. Undisturbed it is nearly twice as fast, or 1.4
// times where two CPUs are one core.
constexpr double kPays = 1.25;

}  // namespace

void TeamSize::Recent::add(double speed) {
  speeds_[count_ % kWindows] = speed;
  count_ = count_ + 1 < 2 * kWindows ? count_ + 1 : kWindows;
}

double TeamSize::Recent::greatest() const { return *std::max_element(speeds_, speeds_ + std::min(count_, kWindows)); }

void TeamSize::told(double speed) {
  if (left_ > 0) {
    trials_.add(speed);
    if (--left_ == 0) judge();
    return;
  }
  speeds_.add(speed);
  if (speeds_.is_full()) consider();
}

void TeamSize::consider() {
  const double speed = speeds_.greatest();
  best_ = std::max(best_, speed);
  if (size_ < most_ && --windows_left_ <= 0) {
    attempt(std::min(2 * size_, most_));
  } else if (size_ > 1 && (!tried_ || speed < kSuspicious * best_)) {
    attempt(size_ / 2);
  }
}

void TeamSize::attempt(int size) {
  trial_ = size;
  left_ = Recent::kWindows;
  trials_.clear();
  tried_ = tried_ || size < size_;
}

void TeamSize::judge() {
  const bool is_larger = trial_ > size_;
  const double of_larger = is_larger ? trials_.greatest() : speeds_.greatest();
  const double of_smaller = is_larger ? speeds_.greatest() : trials_.greatest();
  const bool changes = is_larger == (of_larger >= kPays * of_smaller);
  if (!changes) {
    // Slow for good is no longer suspicious, and what did not pay is tried later the next time.
    best_ = speeds_.greatest();
    if (is_larger) patience_ = std::clamp(2 * patience_, kFewestWindows, kMostWindows);
  } else {
    size_ = trial_;
    best_ = trials_.greatest();
    patience_ = is_larger ? 0 : kFewestWindows;
    // Where half as many are better, a quarter may be better still.
    if (!is_larger) tried_ = false;
  }
  speeds_.clear();
  windows_left_ = patience_;
}

}  // namespace cl_torch::fused
