// A grid's blocks, one after another; a block's threads as fibers.
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

struct Fiber {
  std::unique_ptr<char[]> stack = std::make_unique_for_overwrite<char[]>(kStackBytes);
  jmp_buf place;
  bool started = false;
  State state = State::kReady;
  unsigned exchanges = 0;
};

struct Warp {
  std::array<std::array<uint64_t, kWarp>, 2> values;  // of two exchanges in turn
};

std::vector<Fiber> fibers;
std::vector<Warp> warps;
size_t running = 0;
jmp_buf scheduler;
const std::function<void()>* body = nullptr;

void enter() {
  (*body)();
  fibers[running].state = State::kDone;
  _longjmp(scheduler, 1);
}

void start() {
  Fiber& fiber = fibers[running];
  fiber.started = true;
  static ucontext_t context;
  static ucontext_t back;
  getcontext(&context);
  context.uc_stack.ss_sp = fiber.stack.get();
  context.uc_stack.ss_size = kStackBytes;
  context.uc_link = nullptr;
  makecontext(&context, enter, 0);
  swapcontext(&back, &context);
}

void resume(size_t thread) {
  running = thread;
  const auto index = static_cast<unsigned>(thread);
  threadIdx = dim3(index % blockDim.x, index / blockDim.x % blockDim.y, index / blockDim.x / blockDim.y);
  if (_setjmp(scheduler) != 0) return;
  if (fibers[thread].started) _longjmp(fibers[thread].place, 1);
  start();
}

void wait_at(State barrier) {
  Fiber& fiber = fibers[running];
  fiber.state = barrier;
  if (_setjmp(fiber.place) == 0) _longjmp(scheduler, 1);
}

// Lets the threads from `begin` to `end` go on when all that are not done wait at `barrier`.
bool release(size_t begin, size_t end, State barrier) {
  bool waiting = false;
  for (size_t i = begin; i < end; ++i) {
    if (fibers[i].state == barrier) waiting = true;
    if (fibers[i].state != barrier && fibers[i].state != State::kDone) return false;
  }
  for (size_t i = begin; waiting && i < end; ++i) {
    if (fibers[i].state == barrier) fibers[i].state = State::kReady;
  }
  return waiting;
}

void run_block(size_t threads) {
  for (size_t i = 0; i < threads; ++i) {
    fibers[i].started = false;
    fibers[i].state = State::kReady;
    fibers[i].exchanges = 0;
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t i = 0; i < threads; ++i) {
      const size_t thread = last_thread_first ? threads - 1 - i : i;
      if (fibers[thread].state != State::kReady) continue;
      resume(thread);
      moved = true;
    }
    for (size_t warp = 0; warp < threads; warp += kWarp) {
      moved |= release(warp, std::min(warp + kWarp, threads), State::kAtWarp);
    }
    moved |= release(0, threads, State::kAtBlock);
  }
  for (size_t i = 0; i < threads; ++i) {
    if (fibers[i].state == State::kDone) continue;
    std::fprintf(stderr, "emulation: threads of a block wait for each other at different places\n");
    std::abort();
  }
}

}  // namespace

void run_grid(dim3 grid, dim3 block, const std::function<void()>& thread) {
  const size_t threads = static_cast<size_t>(block.x) * block.y * block.z;
  if (threads > 1024 || grid.x == 0 || grid.y == 0 || grid.y > 65535 || grid.z != 1) {
    std::fprintf(stderr, "emulation: a launch that CUDA refuses\n");
    std::abort();
  }
  while (fibers.size() < threads) fibers.emplace_back();
  warps.resize((threads + kWarp - 1) / kWarp);
  gridDim = grid;
  blockDim = block;
  body = &thread;
  for (unsigned y = 0; y < grid.y; ++y) {
    for (unsigned x = 0; x < grid.x; ++x) {
      blockIdx = dim3(x, y, 0);
      run_block(threads);
    }
  }
}

unsigned lane() { return static_cast<unsigned>(running % kWarp); }

uint64_t exchange(uint64_t value, unsigned source_lane) {
  const unsigned turn = fibers[running].exchanges++ % 2;
  const size_t warp = running / kWarp;
  warps[warp].values[turn][lane()] = value;
  wait_at(State::kAtWarp);
  return warps[warp].values[turn][source_lane];
}

}  // namespace emulation

void __syncthreads() { emulation::wait_at(emulation::State::kAtBlock); }
