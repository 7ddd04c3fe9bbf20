#include "rules.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "engine/fused/cuda/group.h"
#include "engine/fused/cuda/round.h"
#include "small.h"

namespace emulation {
namespace {

// The engine's streams wait for LibTorch's, and LibTorch for theirs, in everything that an engine or a group does.
void keep_order() {
  Setup setup(kSmall, cuda);
  Setup other(kSmall, cuda, 8);
  Watcher watcher;
  const EpochPlan plan = plan_of(setup, kSteps);
  watch_order(true);
  train(setup);
  train(setup);
  setup.engine->count_correct(setup.view, 64, watcher);
  at::Tensor gradient = at::zeros_like(setup.model.parameters().values());
  const at::Tensor values = setup.model.parameters().values() * 0.9;
  setup.engine->loss(values, setup.batch(7));
  setup.engine->add_gradient(values, setup.batch(23), 0.5, gradient);
  fused::CudaGroup group;
  EpochRequest one{0, *setup.engine, plan, *setup.optimizer, {.off_direction = setup.its_penalty()}, watcher};
  EpochRequest another{1, *other.engine, plan, *other.optimizer, {.off_direction = other.its_penalty()}, watcher};
  group.train({&one, &another}, [](EpochRequest&) {});
  watch_order(false);
  const bool is_done = !one.failure && !another.failure;
  std::printf("{\"name\":\"order with LibTorch\",\"kept\":%s}\n", is_done ? "true" : "false");
}

// Whether the emulation ends a program that does this.
bool ends(const std::function<void()>& wrong) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    (void)std::freopen("/dev/null", "w", stderr);
    wrong();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

void capture(const std::function<void(cudaStream_t)>& work) {
  const fused::Stream stream;
  fused::Graph::capture(stream.get(), [&] { work(stream.get()); });
}

// What a real device would not forgive, or not always, the emulated one does not either.
void break_rules() {
  int number = 0;
  const std::vector<std::pair<const char*, std::function<void()>>> rules = {
      {"a wait in a capture", [] { capture([](cudaStream_t stream) { cudaStreamSynchronize(stream); }); }},
      {"an allocation in a capture", [] { capture([](cudaStream_t) { at::empty({1}); }); }},
      {"pinned memory in a capture", [] { capture([](cudaStream_t) { const fused::PinnedArray<int> array(1); }); }},
      {"a pageable copy in a capture",
       [&] {
         capture([&](cudaStream_t stream) {
           cudaMemcpyAsync(&number, &number, sizeof number, cudaMemcpyHostToDevice, stream);
         });
       }},
      {"a kernel's first launch in a capture",
       [&] {
         forget_kernels();
         capture([&](cudaStream_t stream) { fused::launch_round(nullptr, nullptr, 1, stream); });
       }},
      {"a choice of an algorithm in a capture",
       [] {
         fused::Gemm gemm(Precision::kFp32, 16);
         capture([&](cudaStream_t) { gemm.has({1, 1, 1, {1, 0, 0, 0, 0}}); });
       }},
      {"work that does not wait for LibTorch",
       [&] {
         watch_order(true);
         const fused::Stream stream;
         at::zeros({1});
         cudaMemsetAsync(&number, 0, sizeof number, stream.get());
       }},
      {"LibTorch before the work is done",
       [&] {
         watch_order(true);
         const fused::Stream stream;
         cudaMemsetAsync(&number, 0, sizeof number, stream.get());
         at::zeros({1});
       }},
  };
  std::printf("{\"name\":\"rules\",\"unheeded\":[");
  const char* separator = "";
  for (const auto& [name, wrong] : rules) {
    if (ends(wrong)) continue;
    std::printf("%s\"%s\"", separator, name);
    separator = ",";
  }
  std::printf("],\"steps\":%zu}\n", rules.size());
}

}  // namespace

void try_rules() {
  keep_order();
  break_rules();
}

}  // namespace emulation
