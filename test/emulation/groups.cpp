#include "groups.h"

#include <chrono>
#include <cstdio>
#include <deque>
#include <thread>

#include "engine/fused/cuda/group.h"
#include "session/session.h"
#include "session/training_group.h"
#include "setup.h"

namespace emulation {
namespace {

const std::vector<Case> kCases = {
    {"group: a short last batch", {49, 12, 10}, 260, 48},
    {"group: the penalty of one sphere", {49, 40, 10}, 260, 64, "global"},
    {"group: the penalty of a sphere a tensor", {49, 20, 10}, 260, 64, "per-tensor"},
    {"group: rehearsal", {49, 20, 10}, 260, 64, "none", 13},
    {"group: an odd batch size and odd widths", {49, 51, 17, 29, 10}, 310, 31, "global", 7},
    {"group: no hidden layer", {49, 10}, 260, 64},
    {"group: an output too wide for one kernel", {49, 20, 35}, 260, 64},
    {"group: an output of many inputs", {49, 530, 10}, 100, 24},
    {"group: one example at a time", {49, 20, 10}, 40, 1, "global"},
    {"group: no fused bias and ReLU", {49, 20, 20, 10}, 260, 64, "none", 0, Precision::kFp32, false},
    {"group: inputs that are numbers", {49, 20, 10}, 260, 64, "none", 13, Precision::kFp32, true, true},
    showing("values", {"group: bytes that tables say the values of", {49, 20, 10}, 400, 64, "none", 13}),
    showing("classes", {"group: classes of the task, and others of the memory", {49, 20, 10}, 400, 64, "global", 13}),
    showing("classes", {"group: classes of the task, of a wide output", {49, 20, 35}, 400, 64, "none", 13}),
    having("point importances", {"group: penalties on leaving points", {49, 20, 10}, 260, 64, "global"}),
    having("weighted direction point",
           {"group: a penalty on leaving a direction by importance", {49, 20, 10}, 260, 64}),
    having("mask path", {"group: a mask and a path", {49, 20, 10}, 260, 64, "global"}),
    having("mask hidden", {"group: hidden parameters", {49, 20, 10}, 260, 64}),
    {"group: adam", {49, 20, 10}, 260, 64, "none", 0, Precision::kFp32, true, false, kAdam},
    {"group: adam with the penalty", {49, 20, 10}, 260, 64, "per-tensor", 0, Precision::kFp32, true, false, kAdam},
    {"group: sgd", {49, 20, 10}, 260, 64, "none", 5, Precision::kFp32, true, false, kSgd},
    {"group: sgd with the penalty", {49, 20, 10}, 260, 64, "global", 0, Precision::kFp32, true, false, kSgd},
    {"group: momentum", {49, 20, 10}, 260, 64, "none", 0, Precision::kFp32, true, false, kMomentum},
    {"group: Nesterov's momentum with the penalty",
     {49, 20, 10},
     260,
     64,
     "global",
     0,
     Precision::kFp32,
     true,
     false,
     kNesterov},
    {"group: bf16", {49, 40, 40, 10}, 260, 64, "global", 0, Precision::kBf16},
    {"group: bf16, no fused bias and ReLU", {49, 20, 10}, 260, 64, "none", 5, Precision::kBf16, false},
};
constexpr size_t kEpochs = 3;

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

void add(std::vector<float>& losses, const std::vector<float>& more) {
  losses.insert(losses.end(), more.begin(), more.end());
}

std::string code_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.code();
  }
}

void train_epoch(fused::CudaGroup& group, std::deque<Member>& members) {
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

// Members that an autograd engine trained alone, for as many steps as theirs took.
struct Difference {
  double losses = 0;
  double traces = 0;
  double parameters = 0;
};

Difference from_autograd(const std::deque<Member>& members, uint64_t first_seed) {
  Difference worst;
  for (size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    Setup alone(member.of, autograd, first_seed + i);
    Watcher watcher;
    std::vector<float> losses;
    while (losses.size() < member.losses.size()) add(losses, alone.epoch(member.of, watcher));
    worst.traces = std::max(worst.traces, distance(member.setup.terms->traces(), alone.terms->traces()));
    worst.losses = std::max(worst.losses, worst_ratio(member.losses, losses));
    worst.parameters = std::max(worst.parameters,
                                distance(member.setup.model.parameters().values(), alone.model.parameters().values()));
  }
  return worst;
}

std::deque<Member> members_of(const std::vector<Case>& cases, uint64_t first_seed) {
  std::deque<Member> members;
  for (const Case& of : cases) members.emplace_back(of, first_seed++);
  return members;
}

std::deque<Member> trained(const std::vector<Case>& cases) {
  fused::CudaGroup group;
  std::deque<Member> members = members_of(cases, 7);
  for (size_t epoch = 0; epoch < kEpochs; ++epoch) train_epoch(group, members);
  return members;
}

bool are_equal(const std::deque<Member>& left, const std::deque<Member>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), [](const Member& a, const Member& b) {
    return a.losses == b.losses && at::equal(a.setup.terms->traces(), b.setup.terms->traces()) &&
           at::equal(a.setup.model.parameters().values(), b.setup.model.parameters().values());
  });
}

void compare(const char* name, const std::vector<Case>& cases) {
  has_bias_relu = cases.front().has_bias_relu;
  const std::deque<Member> members = trained(cases);
  const bool repeats = [&] {
    const Adversity adversity;
    return are_equal(members, trained(cases));
  }();
  const Difference difference = from_autograd(members, 7);
  std::printf("{\"name\":\"%s\",\"steps\":%zu,\"losses\":%g,\"parameters\":%g,\"traces\":%g,\"repeats\":%s}\n", name,
              members.front().losses.size(), difference.losses, difference.parameters, difference.traces,
              repeats ? "true" : "false");
}

// Models that differ in the penalty, the batch's size and the layers train in one call, too.
void mix() {
  const Case plain{"plain", {49, 20, 10}, 300, 50};
  const Case penalised{"penalised", {49, 20, 10}, 300, 50, "global"};
  const Case small_batches{"small batches", {49, 20, 10}, 300, 30};
  const Case deep{"deep", {49, 20, 20, 10}, 300, 50};
  Case momentum = plain;
  momentum.optimizer = kMomentum;
  compare("group: not alike", {plain, penalised, plain, small_batches, momentum, deep, penalised, momentum});
  // Each as long as the other: 300 rows of a dozen classes, and those of five of ten classes of 600.
  compare("group: terms that are not alike",
          {having("point", plain), having("mask path", plain), plain, having("importances", plain),
           having("mask path", plain), having("targets soft", plain), having("path score", plain),
           having("path score", plain)});
  Case some = showing("classes", plain);
  some.rows = 600;
  compare("group: one with classes of the task", {plain, some, plain});
}

// The second of three is cancelled within an epoch: it stops where its optimiser's count says, the others go on.
void cancel_one() {
  has_bias_relu = true;
  const Case of{"", {49, 20, 10}, 1000, 10, "global"};
  fused::CudaGroup group;
  std::deque<Member> members = members_of({of, of, of}, 7);
  members[1].watcher.most_reports = 1;
  train_epoch(group, members);
  Member& stopped = members[1];
  Setup reference(of, autograd, 8);
  const int64_t steps = stopped.setup.optimizer->steps();
  const at::Tensor order = reference.streams.shuffled_order(of.rows).slice(0, 0, steps * of.batch);
  Watcher watcher;
  const EpochPlan plan(JoinedViews({&reference.view}), order, {of.batch});
  reference.engine->train_epoch(plan, *reference.optimizer, {.off_direction = reference.its_penalty()}, watcher);
  const double parameters = distance(stopped.setup.model.parameters().values(), reference.model.parameters().values());
  double others = 0;
  for (const size_t i : {0, 2}) {
    Setup alone(of, autograd, 7 + i);
    others = std::max(others, worst_ratio(members[i].losses, alone.epoch(of, watcher)));
    others =
        std::max(others, distance(members[i].setup.model.parameters().values(), alone.model.parameters().values()));
  }
  std::printf(
      "{\"name\":\"group: cancel\",\"codes\":[\"%s\",\"%s\",\"%s\"],\"steps\":%lld,\"reported\":%lld,"
      "\"parameters\":%g,\"others\":%g}\n",
      members[0].failure.c_str(), stopped.failure.c_str(), members[2].failure.c_str(), static_cast<long long>(steps),
      static_cast<long long>(stopped.watcher.last_step), parameters, others);
}

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

// The second of three diverges: it leaves, and the others learn what they would learn without it.
void diverge_one() {
  const Case of{"", {49, 20, 10}, 1000, 10};
  fused::CudaGroup group;
  std::deque<Member> members = members_of({of, of, of}, 7);
  const auto wild = make_optimizer(members[1].setup.model.parameters(), kWild);
  Stopper stopper;
  std::vector<EpochPlan> plans;
  for (Member& member : members) plans.push_back(member.setup.plan(of));
  std::vector<EpochRequest> requests{members[0].request(plans[0], 0),
                                     {1, *members[1].setup.engine, plans[1], *wild, {}, stopper},
                                     members[2].request(plans[2], 2)};
  std::string codes;
  group.train({&requests[0], &requests[1], &requests[2]}, [&](EpochRequest& request) {
    if (request.failure) codes += code_of(request.failure);
  });
  double others = 0;
  for (const size_t i : {0, 2}) {
    Setup alone(of, autograd, 7 + i);
    Watcher watcher;
    others = std::max(others, worst_ratio(requests[i].losses, alone.epoch(of, watcher)));
  }
  std::printf("{\"name\":\"group: diverge\",\"code\":\"%s\",\"steps\":%zu,\"others\":%g}\n", codes.c_str(),
              requests[1].losses.size(), others);
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

void try_groups() {
  for (const Case& of : kCases) compare(of.name, {of, of, of});
  mix();
  cancel_one();
  meet();
  diverge_one();
  wait_in_vain();
  fail();
  give_up_place();
  keep_place();
  refuse_snapshot();
}

}  // namespace emulation
