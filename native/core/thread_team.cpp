#include "thread_team.h"

#include <ATen/Parallel.h>
#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
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

void form_thread_team(int threads) {
  // LibTorch sizes a thread's team on its first parallel loop, with whatever any thread asked for last. Let that
  // happen first, so that concurrent sessions keep the sizes they were given.
  at::get_num_threads();
  at::set_num_threads(threads);
  const std::vector<int> cpus = allowed_cpu_ids();
  if (threads == 1 || threads != static_cast<int>(cpus.size())) return;
#pragma omp parallel num_threads(threads)
  bind_calling_thread(cpus[static_cast<size_t>(omp_get_thread_num())]);
}

}  // namespace cl_torch
