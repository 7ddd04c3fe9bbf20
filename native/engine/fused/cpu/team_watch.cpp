#include "engine/fused/cpu/team_watch.h"

#include <omp.h>

#include <algorithm>

namespace cl_torch::fused {
namespace {

// Steps are counted for so long before their rate is compared: several of the scheduler's time slices.
constexpr std::chrono::milliseconds kWindow{30};
// Windows that the thread works alone before it tries with its partner again; twice as many after each trial that did
// not pay.
constexpr int kFewestAlone = 4;
constexpr int kMostAlone = 64;
// Working alone is tried when the rate falls below this share of the best so far. Beside a busy neighbour it is half.
constexpr double kSuspicious = 0.6;
// Working together must be so many times as fast as alone to go on. Undisturbed it is nearly twice as fast.
constexpr double kTogetherPays = 1.25;

}  // namespace

void TeamWatch::begin() {
  team_ = omp_get_max_threads();
  // In a larger team, one that works alone would leave too many threads idle.
  watching_ = team_ == 2;
  steps_ = 0;
  start_ = Clock::now();
  if (watching_) work(alone_);
}

// The thread's own setting: nobody else's team, and not LibTorch's own routines.
void TeamWatch::work(bool alone) {
  alone_ = alone;
  omp_set_num_threads(alone ? 1 : team_);
}

void TeamWatch::end() {
  if (watching_) omp_set_num_threads(team_);
}

void TeamWatch::step() {
  if (!watching_) return;
  ++steps_;
  const auto now = Clock::now();
  if (now - start_ < kWindow) return;
  decide(static_cast<double>(steps_) / std::chrono::duration<double>(now - start_).count());
  steps_ = 0;
  start_ = now;
}

void TeamWatch::decide(double rate) {
  if (trying_) {
    trying_ = false;
    const double together = alone_ ? rate_ : rate;
    const double alone = alone_ ? rate : rate_;
    work(together < kTogetherPays * alone);
    patience_ = alone_ ? std::clamp(2 * patience_, kFewestAlone, kMostAlone) : 0;
    // Together may be slow for good: then it is no longer suspicious.
    best_together_ = together;
    windows_left_ = patience_;
    return;
  }
  if (!alone_) best_together_ = std::max(best_together_, rate);
  const bool try_other = alone_ ? --windows_left_ <= 0 : !tried_ || rate < kSuspicious * best_together_;
  if (!try_other) return;
  tried_ = true;
  trying_ = true;
  rate_ = rate;
  work(!alone_);
}

}  // namespace cl_torch::fused
