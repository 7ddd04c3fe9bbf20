#include "training_groups.h"

#include <chrono>
#include <cstdio>
#include <thread>

#include "members.h"
#include "session/session.h"
#include "session/training_group.h"

namespace emulation {
namespace {

// Three sessions on threads of their own; the third leaves after an epoch. The others' digits are those of a group of
// three and then of two.
void meet() {
  const Case of{"", {49, 20, 10}, 260, 64, "global"};
  std::deque<Member> expected = members_of({of, of, of}, 7);
  {
    fused::CudaGroup group;
    train_epoch(group, expected);
    expected.pop_back();
    train_epoch(group, expected);
    train_epoch(group, expected);
  }
  std::deque<Member> members = members_of({of, of, of}, 7);
  TrainingGroup group(3, std::make_unique<fused::CudaGroup>());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < members.size(); ++i) {
    threads.emplace_back([&, i, number = group.join()] {
      for (size_t epoch = 0; epoch < (i == 2 ? 1 : kEpochs); ++epoch) {
        const EpochPlan plan = members[i].setup.plan(of);
        add(members[i].losses, group.train_epoch(members[i].request(plan, number)));
      }
      group.leave();
    });
  }
  for (std::thread& thread : threads) thread.join();
  members.pop_back();
  std::printf("{\"name\":\"training group: meet\",\"repeats\":%s}\n", are_equal(members, expected) ? "true" : "false");
}

class Waiter : public Watcher {
 public:
  bool cancelled() const override { return flag; }
  std::atomic<bool> flag = false;
};

// A wait for a place that is never taken ends with a cancel; the place's owner trains alone once the other has left.
void wait_in_vain() {
  const Case of{"", {49, 10}, 100, 50};
  std::deque<Member> members = members_of({of, of}, 7);
  TrainingGroup group(2, std::make_unique<fused::CudaGroup>());
  const EpochPlan plan = members[0].setup.plan(of);
  Waiter waiter;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    waiter.flag = true;
  });
  std::string code;
  try {
    group.train_epoch({group.join(), *members[0].setup.engine, plan, *members[0].setup.optimizer, {}, waiter});
  } catch (const Error& error) {
    code = error.code();
  }
  canceller.join();
  group.leave();
  const EpochPlan other = members[1].setup.plan(of);
  const size_t steps = group.train_epoch(members[1].request(other, group.join())).size();
  std::printf("{\"name\":\"training group: wait in vain\",\"code\":\"%s\",\"steps\":%zu}\n", code.c_str(), steps);
}

// Fails every epoch.
class Broken final : public GroupTrainer {
 public:
  void train(std::vector<EpochRequest*> requests, const Finish& finish) override {
    for (EpochRequest* request : requests) {
      request->failure = std::make_exception_ptr(Error(code::kOutOfMemory, "full"));
      finish(*request);
    }
  }
};

void fail() {
  const Case of{"", {49, 10}, 100, 50};
  std::deque<Member> members = members_of({of, of}, 7);
  TrainingGroup group(2, std::make_unique<Broken>());
  std::vector<std::thread> threads;
  for (Member& member : members) {
    threads.emplace_back([&] {
      const EpochPlan plan = member.setup.plan(of);
      try {
        group.train_epoch(member.request(plan, group.join()));
      } catch (const Error& error) {
        member.failure = error.code();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("{\"name\":\"training group: fail\",\"codes\":[\"%s\",\"%s\"]}\n", members[0].failure.c_str(),
              members[1].failure.c_str());
}

// One of two sessions goes without a word; the other one, which waits for it, trains.
void give_up_place() {
  const Case of{"", {49, 10}, 100, 50};
  std::deque<Member> members = members_of({of}, 7);
  const auto group = std::make_shared<TrainingGroup>(2, std::make_unique<fused::CudaGroup>());
  const Membership stays = std::make_shared<const TrainingGroup::Place>(group);
  std::thread goes([place = std::make_shared<const TrainingGroup::Place>(group)]() mutable {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    place.reset();
  });
  const EpochPlan plan = members[0].setup.plan(of);
  const size_t steps = group->train_epoch(members[0].request(plan, stays->member)).size();
  goes.join();
  std::printf("{\"name\":\"training group: give up a place\",\"steps\":%zu}\n", steps);
}

// A training group that keeps its places waits for the session that comes next.
void keep_place() {
  const Case of{"", {49, 10}, 100, 50};
  std::deque<Member> members = members_of({of, of}, 7);
  const auto group = std::make_shared<TrainingGroup>(2, std::make_unique<fused::CudaGroup>(), true);
  std::make_shared<const TrainingGroup::Place>(group);  // comes and goes
  std::atomic<bool> came = false;
  std::thread next([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    came = true;
    const EpochPlan plan = members[1].setup.plan(of);
    group->train_epoch(members[1].request(plan, group->join()));
  });
  const EpochPlan plan = members[0].setup.plan(of);
  group->train_epoch(members[0].request(plan, group->join()));
  const bool waited = came;
  next.join();
  std::printf("{\"name\":\"training group: keep a place\",\"kept\":%s}\n", waited ? "true" : "false");
}

// A session of a training group takes no snapshot of an engine that cannot train in one, and goes on as it was.
void refuse_snapshot() {
  Session other("cpu", 1, nullptr);
  other.create_model(mlp_of({49, 10}), 7, {EngineKind::kAutograd, Precision::kFp32});
  const auto group = std::make_shared<TrainingGroup>(1, std::make_unique<fused::CudaGroup>());
  Session session("cpu", 1, std::make_shared<const TrainingGroup::Place>(group));
  session.create_model(mlp_of({49, 10}), 8, {EngineKind::kFused, Precision::kFp32});
  const std::vector<float> before = session.parameters().front().data;
  std::string code;
  try {
    session.import_state(other.export_state());
  } catch (const Error& error) {
    code = error.code();
  }
  std::printf("{\"name\":\"training group: refuse a snapshot\",\"code\":\"%s\",\"kept\":%s}\n", code.c_str(),
              session.parameters().front().data == before ? "true" : "false");
}

}  // namespace

void try_training_groups() {
  meet();
  wait_in_vain();
  fail();
  give_up_place();
  keep_place();
  refuse_snapshot();
}

}  // namespace emulation
