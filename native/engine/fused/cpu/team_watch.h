#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/fused/cpu/team_size.h"

namespace cl_torch::fused {

// Watches how fast the steps of the calling thread's team go, and lets fewer of its threads work while that is faster
// (TeamSize). Only for work whose bits do not depend on the team's size.
class TeamWatch {
 public:
  // Steps that follow each other, on the thread that does them. At its end the team has its size again.
  class Stretch {
   public:
    explicit Stretch(TeamWatch& watch) : watch_(watch) { watch_.begin(); }
    ~Stretch() { watch_.end(); }
    Stretch(const Stretch&) = delete;
    Stretch& operator=(const Stretch&) = delete;

   private:
    TeamWatch& watch_;
  };

  // Another step is done.
  void step();

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  void end();

  int team_ = 0;
  std::optional<TeamSize> size_;  // of a team of two or more
  int64_t steps_ = 0;
  Clock::time_point start_;
};

}  // namespace cl_torch::fused
