#include "engine/fused/cpu/team_watch.h"

#include <omp.h>

#include "system/thread_team.h"

namespace cl_torch::fused {
namespace {

// Steps are counted for so long before their speed is told: several of the scheduler's time slices.
constexpr std::chrono::milliseconds kWindow{30};

}  // namespace

// The number of threads is the calling thread's own setting: nobody else's team, and not LibTorch's own routines.
void TeamWatch::begin() {
  const int team = omp_get_max_threads();
  if (team != team_) {
    team_ = team;
    size_.reset();
    if (team > 1) size_.emplace(team);
  }
  steps_ = 0;
  start_ = Clock::now();
  if (size_) resize_thread_team(size_->size());
}

void TeamWatch::end() {
  if (size_) resize_thread_team(team_);
}

void TeamWatch::step() {
  if (!size_) return;
  ++steps_;
  const auto now = Clock::now();
  if (now - start_ < kWindow) return;
  size_->told(static_cast<double>(steps_) / std::chrono::duration<double>(now - start_).count());
  resize_thread_team(size_->size());
  steps_ = 0;
  start_ = now;
}

}  // namespace cl_torch::fused
