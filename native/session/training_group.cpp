#include "session/training_group.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/group_trainer.h"

namespace cl_torch {
namespace {

constexpr auto kLookout = std::chrono::milliseconds(10);  // between two looks at whether a wait was cancelled

}  // namespace

struct TrainingGroup::Waiting : EpochRequest {
  bool done = false;
};

TrainingGroup::TrainingGroup(int64_t places, bool keeps_places)
    : TrainingGroup(places, make_group_trainer(), keeps_places) {}

TrainingGroup::TrainingGroup(int64_t places, std::unique_ptr<GroupTrainer> trainer, bool keeps_places)
    : places_(places), keeps_places_(keeps_places), trainer_(std::move(trainer)) {}

TrainingGroup::~TrainingGroup() = default;

TrainingGroup::Place::~Place() {
  if (!group->keeps_places_) group->leave();
}

int64_t TrainingGroup::join() {
  const std::lock_guard lock(mutex_);
  return members_++;
}

void TrainingGroup::leave() {
  const std::lock_guard lock(mutex_);
  --places_;
  train_if_complete();
}

std::vector<float> TrainingGroup::train_epoch(EpochRequest request) {
  Waiting mine{{std::move(request)}};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  train_if_complete();
  while (!mine.done) {
    changed_.wait_for(lock, kLookout);
    const auto place = std::find(waiting_.begin(), waiting_.end(), &mine);  // none while it is trained
    if (place == waiting_.end() || !mine.observer.cancelled()) continue;
    waiting_.erase(place);
    throw cancellation();
  }
  if (mine.failure) std::rethrow_exception(mine.failure);
  return std::move(mine.losses);
}

void TrainingGroup::train_if_complete() {
  if (training_ || waiting_.empty() || static_cast<int64_t>(waiting_.size()) < places_) return;
  training_ = true;
  std::sort(waiting_.begin(), waiting_.end(),
            [](const Waiting* left, const Waiting* right) { return left->member < right->member; });
  thread_.enqueue([this, chosen = std::exchange(waiting_, {})] { train(chosen); });
}

void TrainingGroup::train(const std::vector<Waiting*>& chosen) {
  size_t left = chosen.size();
  trainer_->train({chosen.begin(), chosen.end()}, [&](EpochRequest& request) {
    const std::lock_guard lock(mutex_);
    static_cast<Waiting&>(request).done = true;
    if (--left == 0) {
      training_ = false;
      train_if_complete();
    }
    changed_.notify_all();
  });
}

}  // namespace cl_torch
