// Trains on streams that are threads, under ThreadSanitizer, and prints what test/slow/cuda-races.test.ts looks at: one
// JSON object a case. `races`: how often two threads were at the same memory without an order between them.
#include <ATen/Parallel.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "engine/fused/cuda/group.h"
#include "engine_cases.h"
#include "races/waits.h"
#include "session/training_group.h"
#include "small.h"

using namespace emulation;

namespace {

void print(const char* name, int64_t before, double parameters) {
  std::printf("{\"name\":\"%s\",\"races\":%lld,\"parameters\":%g}\n", name, static_cast<long long>(races() - before),
              parameters);
}

// Three epochs, of which the second captures its steps and the third replays them, and all else that an engine does; an
// evaluation's buffers take the place of the steps'.
at::Tensor train_and_measure(Setup& setup, const Case& of) {
  Watcher watcher;
  for (int epoch = 0; epoch < 3; ++epoch) setup.epoch(of, watcher);
  const at::Tensor& values = setup.model.parameters().values();
  setup.engine->count_correct(setup.view, 256, watcher);
  const at::Tensor shifted = values * 0.9;
  at::Tensor gradient = at::ones_like(values);
  setup.engine->add_gradient(shifted, setup.batch(23), 0.5, gradient);
  setup.engine->loss(shifted, setup.batch(7));
  setup.epoch(of, watcher);
  return values.clone();
}

void train_alone(const Case& of) {
  has_bias_relu = of.has_bias_relu;
  refuses_politely = std::strstr(of.name, "that is an error") == nullptr;
  const int64_t before = races();
  at::Tensor actual;
  {
    Setup setup(of, [&](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, of.precision); });
    actual = train_and_measure(setup, of);
  }
  Setup expected(of, autograd);
  print(of.name, before, distance(actual, train_and_measure(expected, of)));
}

// Two models that learn and are measured at the same time, each by a session's thread.
void train_side_by_side() {
  has_bias_relu = true;
  const std::vector<Case> cases{{"", {49, 20, 10}, 260, 64, "global", 13}, {"", {49, 40, 35}, 260, 48}};
  const int64_t before = races();
  std::vector<at::Tensor> actual(cases.size());
  std::vector<std::thread> sessions;
  for (size_t i = 0; i < cases.size(); ++i) {
    sessions.emplace_back([&, i] {
      Setup setup(cases[i], cuda);
      actual[i] = train_and_measure(setup, cases[i]);
    });
  }
  for (std::thread& session : sessions) session.join();
  double worst = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    Setup expected(cases[i], autograd);
    worst = std::max(worst, distance(actual[i], train_and_measure(expected, cases[i])));
  }
  print("sessions side by side", before, worst);
}

// Three sessions of a training group, of which the last leaves after two epochs; each measures between its epochs.
void train_in_group() {
  constexpr size_t kSessions = 3;
  const Case of{"", {49, 20, 10}, 260, 64, "global"};
  const int64_t before = races();
  const auto epochs_of = [](size_t session) { return session + 1 == kSessions ? 2 : 4; };
  std::vector<at::Tensor> actual(kSessions);
  {
    TrainingGroup group(kSessions, std::make_unique<fused::CudaGroup>());
    std::vector<std::thread> sessions;
    for (size_t i = 0; i < kSessions; ++i) {
      sessions.emplace_back([&, i, number = group.join()] {
        Setup setup(of, cuda, 7 + i);
        Watcher watcher;
        for (int epoch = 0; epoch < epochs_of(i); ++epoch) {
          const EpochPlan plan = setup.plan(of);
          group.train_epoch({number, *setup.engine, plan, *setup.optimizer, setup.objective(), watcher});
          setup.engine->count_correct(setup.view, 64, watcher);
        }
        group.leave();
        actual[i] = setup.model.parameters().values().clone();
      });
    }
    for (std::thread& session : sessions) session.join();
  }
  double worst = 0;
  for (size_t i = 0; i < kSessions; ++i) {
    Setup expected(of, autograd, 7 + i);
    Watcher watcher;
    for (int epoch = 0; epoch < epochs_of(i); ++epoch) expected.epoch(of, watcher);
    worst = std::max(worst, distance(actual[i], expected.model.parameters().values()));
  }
  print("a training group of sessions", before, worst);
}

// A training's engine, an epoch of steps, one in which they are captured, one that replays them, and an evaluation.
void train_with_hidden_wait(int64_t kth) {
  const Case of{"", {49, 40, 20, 10}, 28, 16, "global"};
  Setup setup(of, cuda);
  Watcher watcher;
  hide_wait(kth);
  for (int epoch = 0; epoch < 3; ++epoch) setup.epoch(of, watcher);
  setup.engine->count_correct(setup.view, 64, watcher);
}

constexpr int kRace = 100;  // as a status; one that ended without a race tells which kind of wait was hidden

// In a process of its own, which its first race ends. There must not be a second thread yet.
int status_without(int64_t kth) {
  const pid_t child = fork();
  if (child == 0) {
    end_at_race(kRace);
    train_with_hidden_wait(kth);
    _exit(static_cast<int>(hidden_wait()));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) emulation::fail("a training with a hidden wait that did not end by itself");
  return WEXITSTATUS(status);
}

// Hides each wait in turn, until there is none.
void hide_each() {
  std::array<int, kRace + 1> ended{};
  for (int64_t kth = 1; ended[static_cast<size_t>(Wait::kNone)] == 0; ++kth) {
    ++ended.at(static_cast<size_t>(status_without(kth)));
  }
  const auto unnoticed = [&](Wait wait) { return ended[static_cast<size_t>(wait)]; };
  std::printf("{\"name\":\"hidden waits\",\"races\":%d,\"unnoticed\":[%d,%d,%d]}\n", ended[kRace],
              unnoticed(Wait::kStreamForEvent), unnoticed(Wait::kHostForEvent), unnoticed(Wait::kHostForStream));
}

}  // namespace

// Without an argument: all cases. "hidden waits": only a training without one of its waits, which is to be a race. Else
// the cases whose names it is a part of.
int main(int count, char** arguments) {
  at::set_num_threads(1);
  watch_tensors();
  const std::string wanted = count > 1 ? arguments[1] : "";
  if (wanted == "hidden waits") return hide_each(), 0;
  const auto is_wanted = [&](const char* name) { return std::strstr(name, wanted.c_str()) != nullptr; };
  for (const Case& of : kEngineCases) {
    if (is_wanted(of.name)) train_alone(of);
  }
  if (is_wanted("sessions side by side")) train_side_by_side();
  if (is_wanted("a training group of sessions")) train_in_group();
}
