#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "training_thread.h"

namespace cl_torch {

struct EpochRequest;
class GroupTrainer;

// Sessions that train at the same time, each on its own thread, and epoch by epoch together: an epoch waits until every
// one has asked for one. All are trained on a thread of the cohort's, so that none has to stay for the others when it is
// cancelled. Thread-safe. This header keeps LibTorch out of the files that include it.
class Cohort {
 public:
  // `seats`: sessions that train at the same time.
  explicit Cohort(int64_t seats);
  Cohort(int64_t seats, std::unique_ptr<GroupTrainer> trainer);
  ~Cohort();

  // A number for a session; it tells the order of epochs that are trained together.
  int64_t join();
  // The session of one seat trains no more.
  void leave();

  // Trains the request's epoch together with the others'; returns its losses. Throws what Engine::train_epoch does, and
  // ABORTED after a cancel of the wait, too.
  std::vector<float> train_epoch(EpochRequest request);

 private:
  struct Waiting;

  void train_if_complete();  // the mutex is held
  void train(const std::vector<Waiting*>& chosen);

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t seats_;
  int64_t members_ = 0;
  bool training_ = false;
  std::vector<Waiting*> waiting_;
  std::unique_ptr<GroupTrainer> trainer_;
  TrainingThread thread_;  // last: it uses the members above
};

// Of a session whose epochs are trained together with others': on a GPU, by the fused engine.
struct Membership {
  std::shared_ptr<Cohort> cohort;  // null: it trains alone
  int64_t member = 0;
};

}  // namespace cl_torch
