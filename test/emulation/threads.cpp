// A grid's blocks, one after another, on the thread that runs the grid; a block's threads on fibers, a fiber for each
// that waits. ThreadSanitizer sees one thread: this file is not compiled for it, and what it knows of functions that
// were entered is only mixed up in its reports.
#include <cuda_runtime.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "emulation.h"

constinit thread_local dim3 threadIdx;
constinit thread_local dim3 blockIdx;
constinit thread_local dim3 blockDim;
constinit thread_local dim3 gridDim;

namespace emulation {

bool last_thread_first = false;

namespace {

constexpr size_t kStackBytes = 64 << 10;
constexpr unsigned kWarp = 32;

enum class State { kReady, kAtWarp, kAtBlock, kDone };

// Runs threads that have not begun, one after another, until one of them waits; then it is that thread's.
struct Fiber {
  std::unique_ptr<char[]> stack;
  void* place[5];  // of __builtin_setjmp, which neither saves signals nor is watched by a sanitizer, as setjmp is
  bool started = false;
};

struct Thread {
  State state = State::kReady;
  unsigned exchanges = 0;
  Fiber* fiber = nullptr;  // once it has waited
};

// How many of some threads wait for the others, and how many are done.
struct Count {
  size_t of = 0;
  size_t waiting = 0;
  size_t done = 0;

  bool is_full() const { return waiting > 0 && waiting + done == of; }
};

struct Warp {
  Count count;
  std::array<std::array<uint64_t, kWarp>, 2> values;  // of two exchanges in turn
};

thread_local std::vector<Thread> threads;  // of the block
thread_local std::vector<Warp> warps;
thread_local Count block;
thread_local std::vector<size_t> ready;  // threads that go on next, from `gone_on` on
thread_local size_t gone_on = 0;
thread_local std::vector<std::unique_ptr<Fiber>> fibers;
thread_local std::vector<Fiber*> idle;
thread_local Fiber caller = {.stack = nullptr, .place = {}, .started = true};  // of the grid
thread_local Fiber* current = &caller;
thread_local size_t running = 0;
thread_local size_t begun = 0;  // how many threads of the block
thread_local const std::function<void()>* body = nullptr;

void become(size_t thread) {
  running = thread;
  const auto index = static_cast<unsigned>(thread);
  threadIdx = dim3(index % blockDim.x, index / blockDim.x % blockDim.y, index / blockDim.x / blockDim.y);
}

// The threads from `begin` to `end` go on that wait at `barrier`: the last one first where the order is the opposite
// one.
void release(size_t begin, size_t end, State barrier) {
  for (size_t i = begin; i < end; ++i) {
    const size_t thread = last_thread_first ? begin + end - 1 - i : i;
    if (threads[thread].state != barrier) continue;
    threads[thread].state = State::kReady;
    ready.push_back(thread);
  }
}

// Lets those go on for whom the thread that runs was the last to wait or to be done.
void release_full() {
  const size_t number = running / kWarp;
  Count& warp = warps[number].count;
  if (warp.is_full()) {
    warp.waiting = 0;
    release(number * kWarp, number * kWarp + warp.of, State::kAtWarp);
  }
  if (block.is_full()) {
    block.waiting = 0;
    release(0, threads.size(), State::kAtBlock);
  }
}

void live();

[[noreturn]] __attribute__((noinline)) void go_to(Fiber* fiber) {
  current = fiber;
  if (fiber->started) __builtin_longjmp(fiber->place, 1);
  fiber->started = true;
  static thread_local ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber->stack.get();
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  makecontext(&context, live, 0);
  setcontext(&context);
  std::abort();
}

// What runs goes on here when it is its turn again.
void hand_over(Fiber* to) {
  if (to == current) return;
  if (__builtin_setjmp(current->place) == 0) go_to(to);
}

// Whose turn it is: a warp goes as far as it can before the next one begins.
Fiber* next() {
  if (gone_on < ready.size()) {
    const size_t thread = ready[gone_on++];
    become(thread);
    return threads[thread].fiber;
  }
  ready.clear();
  gone_on = 0;
  if (begun == threads.size()) return &caller;
  if (idle.empty()) {
    fibers.push_back(std::make_unique<Fiber>());
    fibers.back()->stack = std::make_unique_for_overwrite<char[]>(kStackBytes);
    return fibers.back().get();
  }
  Fiber* fiber = idle.back();
  idle.pop_back();
  return fiber;
}

// A fiber's whole life.
void live() {
  for (;;) {
    while (gone_on == ready.size() && begun < threads.size()) {
      const size_t number = begun++;
      become(last_thread_first ? threads.size() - 1 - number : number);
      (*body)();
      threads[running].state = State::kDone;
      ++warps[running / kWarp].count.done;
      ++block.done;
      release_full();
    }
    idle.push_back(current);
    hand_over(next());
  }
}

void wait_at(State barrier) {
  threads[running].state = barrier;
  threads[running].fiber = current;
  ++(barrier == State::kAtWarp ? warps[running / kWarp].count : block).waiting;
  release_full();
  hand_over(next());
}

void run_block() {
  for (Thread& thread : threads) thread = {};
  for (size_t i = 0; i < warps.size(); ++i) {
    warps[i].count = {.of = std::min<size_t>(kWarp, threads.size() - i * kWarp)};
  }
  block = {.of = threads.size()};
  begun = 0;
  hand_over(next());
  if (block.done == threads.size()) return;
  std::fprintf(stderr, "emulation: threads of a block wait for each other at different places\n");
  std::abort();
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
