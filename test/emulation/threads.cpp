// A grid's blocks, one after another; a block's threads on fibers, a fiber for each that waits.
#include <cuda_runtime.h>
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "emulation.h"

dim3 threadIdx;
dim3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace emulation {

bool last_thread_first = false;

namespace {

constexpr size_t kStackBytes = 64 << 10;
constexpr unsigned kWarp = 32;

enum class State { kReady, kAtWarp, kAtBlock, kDone };

// Runs threads that have not begun, one after another, until one of them waits; then it is that thread's.
struct Fiber {
  std::unique_ptr<char[]> stack = std::make_unique_for_overwrite<char[]>(kStackBytes);
  jmp_buf place;
  bool started = false;
};

struct Thread {
  State state = State::kReady;
  unsigned exchanges = 0;
  Fiber* fiber = nullptr;  // once it has waited
};

struct Warp {
  std::array<std::array<uint64_t, kWarp>, 2> values;  // of two exchanges in turn
};

std::vector<Thread> threads;  // of the block
std::vector<Warp> warps;
std::vector<std::unique_ptr<Fiber>> fibers;
std::vector<Fiber*> idle;
Fiber* current = nullptr;
size_t running = 0;
size_t begun = 0;  // how many threads of the block
jmp_buf scheduler;
const std::function<void()>* body = nullptr;

size_t in_order(size_t number) { return last_thread_first ? threads.size() - 1 - number : number; }

void become(size_t thread) {
  running = thread;
  const auto index = static_cast<unsigned>(thread);
  threadIdx = dim3(index % blockDim.x, index / blockDim.x % blockDim.y, index / blockDim.x / blockDim.y);
}

// A fiber's whole life.
void live() {
  for (;;) {
    while (begun < threads.size()) {
      become(in_order(begun++));
      (*body)();
      threads[running].state = State::kDone;
    }
    idle.push_back(current);
    if (_setjmp(current->place) == 0) _longjmp(scheduler, 1);
  }
}

void start() {
  current->started = true;
  static ucontext_t context;
  static ucontext_t back;
  getcontext(&context);
  context.uc_stack.ss_sp = current->stack.get();
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  makecontext(&context, live, 0);
  swapcontext(&back, &context);
}

void go_on(Fiber* fiber) {
  current = fiber;
  if (_setjmp(scheduler) != 0) return;
  if (current->started) _longjmp(current->place, 1);
  start();
}

// Lets every thread run until it waits or is done.
void begin_all() {
  for (begun = 0; begun < threads.size();) {
    if (idle.empty()) {
      fibers.push_back(std::make_unique<Fiber>());
      idle.push_back(fibers.back().get());
    }
    Fiber* fiber = idle.back();
    idle.pop_back();
    go_on(fiber);
  }
}

void wait_at(State barrier) {
  threads[running].state = barrier;
  threads[running].fiber = current;
  if (_setjmp(current->place) == 0) _longjmp(scheduler, 1);
}

// Lets the threads from `begin` to `end` go on when all that are not done wait at `barrier`.
bool release(size_t begin, size_t end, State barrier) {
  bool waiting = false;
  for (size_t i = begin; i < end; ++i) {
    if (threads[i].state == barrier) waiting = true;
    if (threads[i].state != barrier && threads[i].state != State::kDone) return false;
  }
  for (size_t i = begin; waiting && i < end; ++i) {
    if (threads[i].state == barrier) threads[i].state = State::kReady;
  }
  return waiting;
}

bool release_all() {
  bool released = release(0, threads.size(), State::kAtBlock);
  for (size_t warp = 0; warp < threads.size(); warp += kWarp) {
    released |= release(warp, std::min(warp + kWarp, threads.size()), State::kAtWarp);
  }
  return released;
}

void run_block() {
  for (Thread& thread : threads) thread = {};
  begin_all();
  while (release_all()) {
    for (size_t i = 0; i < threads.size(); ++i) {
      const size_t thread = in_order(i);
      if (threads[thread].state != State::kReady) continue;
      become(thread);
      go_on(threads[thread].fiber);
    }
  }
  for (const Thread& thread : threads) {
    if (thread.state == State::kDone) continue;
    std::fprintf(stderr, "emulation: threads of a block wait for each other at different places\n");
    std::abort();
  }
}

}  // namespace

void run_grid(dim3 grid, dim3 block, const std::function<void()>& thread) {
  const size_t count = static_cast<size_t>(block.x) * block.y * block.z;
  if (count > 1024 || grid.x == 0 || grid.y == 0 || grid.y > 65535 || grid.z != 1) {
    std::fprintf(stderr, "emulation: a launch that CUDA refuses\n");
    std::abort();
  }
  threads.resize(count);
  warps.resize((count + kWarp - 1) / kWarp);
  gridDim = grid;
  blockDim = block;
  body = &thread;
  const unsigned blocks = grid.x * grid.y;
  for (unsigned i = 0; i < blocks; ++i) {
    const unsigned number = last_thread_first ? blocks - 1 - i : i;
    blockIdx = dim3(number % grid.x, number / grid.x, 0);
    run_block();
  }
}

unsigned lane() { return static_cast<unsigned>(running % kWarp); }

uint64_t exchange(uint64_t value, unsigned source_lane) {
  const unsigned turn = threads[running].exchanges++ % 2;
  const size_t warp = running / kWarp;
  warps[warp].values[turn][lane()] = value;
  wait_at(State::kAtWarp);
  return warps[warp].values[turn][source_lane];
}

}  // namespace emulation

void __syncthreads() { emulation::wait_at(emulation::State::kAtBlock); }
