#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "engine/engine.h"

namespace cl_torch {

// An epoch that one of several models is to learn.
struct EpochRequest {
  int64_t member;
  Engine& engine;
  const EpochPlan& plan;
  Optimizer& optimizer;
  Objective objective;
  Observer& observer;
  std::vector<float> losses{};   // one a step, penalties included,
  std::exception_ptr failure{};  // unless it failed
};

// Trains the epochs of several models at once.
class GroupTrainer {
 public:
  using Finish = std::function<void(EpochRequest&)>;

  virtual ~GroupTrainer() = default;
  // Calls `finish` for each request as soon as its losses or its failure are there; it may be gone then. Throws
  // nothing, and leaves nothing to do when it has finished the last one.
  virtual void train(std::vector<EpochRequest*> requests, const Finish& finish) = 0;
};

// None where no engine of this build trains several models at once.
std::unique_ptr<GroupTrainer> make_group_trainer();

}  // namespace cl_torch
