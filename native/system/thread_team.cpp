#include "system/thread_team.h"

#include <ATen/Parallel.h>
#include <omp.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace cl_torch {
namespace {

std::vector<int> allowed_cpu_ids() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::vector<int> ids;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &mask)) ids.push_back(cpu);
    }
  }
  return ids;
}

void bind_calling_thread(int cpu) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(cpu, &mask);
  sched_setaffinity(0, sizeof mask, &mask);  // a refusal costs speed only
}

// Threads that a process which is short of them leaves free: for Node's own, and for another session's.
constexpr int kSpareThreads = 2;
constexpr int kAttempts = 5;

// The system counts a thread for some moments after it was joined; long enough for the next one to be refused.
void wait_until_gone(pid_t thread) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (tgkill(getpid(), thread, 0) == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

// How many more threads the system gives at the same time, at most `wanted`. It starts them and ends them again to find
// out, because libgomp, which makes the team, ends the process when the system refuses it a thread.
int obtainable_threads(int wanted) {
  std::latch counted(1);
  std::vector<pid_t> ids(static_cast<size_t>(wanted));
  std::vector<std::thread> threads;
  threads.reserve(ids.size());
  try {
    for (pid_t& id : ids) {
      threads.emplace_back([&counted, &id] {
        id = gettid();
        counted.wait();
      });
    }
  } catch (const std::system_error&) {
    // No more are to be had: those that were started are the answer.
  }
  counted.count_down();
  for (std::thread& thread : threads) thread.join();
  ids.resize(threads.size());
  for (const pid_t id : ids) wait_until_gone(id);
  return static_cast<int>(threads.size());
}

// The same, but less than `wanted` only when that lasts: a session that has just ended frees its threads in a moment.
int lastingly_obtainable_threads(int wanted) {
  int obtained = obtainable_threads(wanted);
  for (int attempt = 0; obtained < wanted && attempt < kAttempts; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    obtained = obtainable_threads(wanted);
  }
  return obtained == wanted ? obtained : std::max(0, obtained - kSpareThreads);
}

// The CPUs that the calling thread's team is bound to, by its threads' numbers; none where it is not bound.
thread_local std::vector<int> team_cpus;

void start_team([[maybe_unused]] int size) {
  const std::vector<int>& cpus = team_cpus;
#pragma omp parallel num_threads(size)
  if (!cpus.empty()) bind_calling_thread(cpus[static_cast<size_t>(omp_get_thread_num())]);
}

// One team at a time, so that none is promised the threads that another is about to take.
std::mutex& forming() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

int allowed_cpus() { return std::max<int>(1, static_cast<int>(allowed_cpu_ids().size())); }

int allowed_cores() {
  std::set<std::string> cores;
  for (int cpu : allowed_cpu_ids()) {
    std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
    std::string siblings;
    if (!std::getline(file, siblings)) siblings = std::to_string(cpu);
    cores.insert(siblings);
  }
  return std::max<int>(1, static_cast<int>(cores.size()));
}

int form_thread_team(int threads) {
  const std::lock_guard lock(forming());
  const int size = 1 + lastingly_obtainable_threads(threads - 1);
  // LibTorch sizes a thread's team on its first parallel loop, with whatever any thread asked for last. Let that
  // happen first, so that concurrent sessions keep the sizes they were given.
  at::get_num_threads();
  // LibTorch's first call also makes a pool of as many threads for mobile kernels, which nothing here uses.
  [[maybe_unused]] static const bool has_small_pool = (at::set_num_threads(1), true);
  at::set_num_threads(size);
  if (size == 1) return size;
  std::vector<int> cpus = allowed_cpu_ids();
  if (size < static_cast<int>(cpus.size())) cpus.clear();
  team_cpus = std::move(cpus);
  start_team(size);
  return size;
}

int resize_thread_team(int threads) {
  const int size = omp_get_max_threads();
  if (threads == size) return size;
  // One thread alone leaves the others of its team asleep where they are.
  const bool is_new = threads > size && size > 1;
  const std::lock_guard lock(forming());
  if (is_new && obtainable_threads(threads - size) < threads - size) return size;
  omp_set_num_threads(threads);
  if (is_new) start_team(threads);
  return threads;
}

}  // namespace cl_torch
