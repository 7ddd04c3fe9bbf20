#pragma once

#include <chrono>
#include <cstdint>

namespace cl_torch::fused {

// Decides whether a team of two threads works together or one thread works alone. On two CPUs the team is faster, until
// another process keeps one of the CPUs busy: then each thread waits for the other at every loop's end, also while the
// other is off its CPU, and one alone is faster. Watches how fast the steps go, and tries the other way now and then.
// Only for work whose bits do not depend on the team's size.
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

  void decide(double rate);
  void work(bool alone);

  int team_ = 0;
  bool watching_ = false;
  bool alone_ = false;
  bool trying_ = false;   // this window is a trial of the other way
  bool tried_ = false;    // working alone has been tried once
  int windows_left_ = 0;  // alone, until working together is tried again
  int patience_ = 0;      // how many of them the next time
  double rate_ = 0;       // steps a second, of the way that the trial is compared with
  double best_together_ = 0;
  int64_t steps_ = 0;
  Clock::time_point start_;
};

}  // namespace cl_torch::fused
