#pragma once

namespace cl_torch::fused {

// Decides how many threads of a team work, by how fast steps go. The whole team is fastest until other processes keep
// some of the CPUs busy: then its threads wait for each other at every loop's end, also while one of them is off its
// CPU, and fewer are faster. Tries half as many when the steps become slow, and twice as many again now and then. Knows
// no clock: it is told the speeds.
class TeamSize {
 public:
  explicit TeamSize(int most) : most_(most), size_(most) {}

  // Threads that work until the next speed is told; from 1 to the whole team.
  int size() const { return left_ > 0 ? trial_ : size_; }

  // So many steps a second were done since the last call, by size() threads.
  void told(double speed);

 private:
  // The last speeds of one size. Their greatest counts: one window's may be that of a team that the system has yet to
  // move to the CPUs that are free, or has interrupted.
  class Recent {
   public:
    static constexpr int kWindows = 3;

    void add(double speed);
    bool is_full() const { return count_ >= kWindows; }
    double greatest() const;
    void clear() { count_ = 0; }

   private:
    double speeds_[kWindows] = {};
    int count_ = 0;
  };

  void consider();
  void attempt(int size);
  void judge();

  int most_;
  int size_;
  int trial_ = 0;         // another size, which is being tried
  int left_ = 0;          // windows of the trial that are still to come
  bool tried_ = false;    // a smaller size has been tried once
  Recent speeds_;         // of size_, which the trial is compared with
  Recent trials_;         // of trial_
  double best_ = 0;       // of size_ so far
  int windows_left_ = 0;  // until a larger size is tried
  int patience_ = 0;      // how many of them the next time
};

}  // namespace cl_torch::fused
