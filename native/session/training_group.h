#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "system/training_thread.h"

namespace cl_torch {

struct EpochRequest;
class GroupTrainer;

// Sessions that train at the same time, each on its own thread, and epoch by epoch together: an epoch waits until every
// one has asked for one. All are trained on a thread of the training group's, so that none has to stay for the others
// when it is cancelled. Thread-safe. This header keeps LibTorch out of the files that include it.
class TrainingGroup {
 public:
  class Place;

  // `places`: sessions that train at the same time. `keeps_places`: a session that ends leaves its place to another.
  explicit TrainingGroup(int64_t places, bool keeps_places = false);
  TrainingGroup(int64_t places, std::unique_ptr<GroupTrainer> trainer, bool keeps_places = false);
  ~TrainingGroup();

  // A number for a session; it tells the order of epochs that are trained together.
  int64_t join();
  // One place fewer: no session trains on it any more.
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
  int64_t places_;
  const bool keeps_places_;
  int64_t members_ = 0;
  bool training_ = false;
  std::vector<Waiting*> waiting_;
  std::unique_ptr<GroupTrainer> trainer_;
  TrainingThread thread_;  // last: it uses the members above
};

// A session's place in a training group. It is given up when the session goes, however that comes about.
class TrainingGroup::Place {
 public:
  explicit Place(std::shared_ptr<TrainingGroup> joined) : group(std::move(joined)), member(group->join()) {}
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const std::shared_ptr<TrainingGroup> group;
  const int64_t member;
};

// Of a session whose epochs are trained together with others', on a GPU by the fused engine; null: it trains alone.
using Membership = std::shared_ptr<const TrainingGroup::Place>;

}  // namespace cl_torch
