#pragma once

// Models that train together on the emulated device.

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/fused/cuda/group.h"
#include "setup.h"

namespace emulation {

inline constexpr size_t kEpochs = 3;

// One of several models that train together.
struct Member {
  Member(const Case& its_case, uint64_t seed)
      : of(its_case),
        setup(
            of, [&](Mlp& m) { return std::make_unique<fused::CudaEngine>(m, of.precision); }, seed) {}

  EpochRequest request(const EpochPlan& plan, int64_t number) {
    return {number, *setup.engine, plan, *setup.optimizer, setup.objective(), watcher};
  }

  Case of;
  Setup setup;
  Watcher watcher;
  std::vector<float> losses;  // of all epochs
  std::string failure;        // the code of the last epoch's
};

inline void add(std::vector<float>& losses, const std::vector<float>& more) {
  losses.insert(losses.end(), more.begin(), more.end());
}

inline std::string code_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.code();
  }
}

// Trains each for an epoch.
inline void train_epoch(fused::CudaGroup& group, std::deque<Member>& members) {
  std::vector<EpochPlan> plans;
  for (Member& member : members) plans.push_back(member.setup.plan(member.of));
  std::vector<EpochRequest> requests;
  for (size_t i = 0; i < members.size(); ++i) {
    requests.push_back(members[i].request(plans[i], static_cast<int64_t>(i)));
  }
  std::vector<EpochRequest*> given;
  for (EpochRequest& request : requests) given.push_back(&request);
  group.train(given, [&](EpochRequest& request) {
    Member& member = members[static_cast<size_t>(request.member)];
    add(member.losses, request.losses);
    member.failure = request.failure ? code_of(request.failure) : "";
  });
}

// A member for each case, the first of this seed, each other one of the next.
inline std::deque<Member> members_of(const std::vector<Case>& cases, uint64_t first_seed) {
  std::deque<Member> members;
  for (const Case& of : cases) members.emplace_back(of, first_seed++);
  return members;
}

// Whether both have learnt the same, bit for bit.
inline bool are_equal(const std::deque<Member>& left, const std::deque<Member>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), [](const Member& a, const Member& b) {
    return a.losses == b.losses && at::equal(a.setup.terms->traces(), b.setup.terms->traces()) &&
           at::equal(a.setup.model.parameters().values(), b.setup.model.parameters().values());
  });
}

}  // namespace emulation
