#include "groups.h"

#include <cstdio>

#include "members.h"

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

std::deque<Member> trained(const std::vector<Case>& cases) {
  fused::CudaGroup group;
  std::deque<Member> members = members_of(cases, 7);
  for (size_t epoch = 0; epoch < kEpochs; ++epoch) train_epoch(group, members);
  return members;
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

}  // namespace

void try_groups() {
  for (const Case& of : kCases) compare(of.name, {of, of, of});
  mix();
  cancel_one();
  diverge_one();
}

}  // namespace emulation
