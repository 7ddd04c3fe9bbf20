// Plays machines to the fused CPU engine's TeamSize and prints, as JSON, how many threads worked in each window of
// time. test/native/team-size.test.ts compiles it without LibTorch.
#include "engine/fused/cpu/team_size.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

// Steps a second of a team that shares `cpus` CPUs with busy processes, each of which keeps one of them. A thread on a
// CPU that it shares gets half of it, and the others wait for it. In the first window of another size the threads are
// still on the CPUs where they were: a thread that is alone shares one as well.
double speed_of(int threads, int cpus, int busy, bool is_settled) {
  const bool shares = threads > cpus - busy || (busy > 0 && !is_settled);
  const double share = shares ? 0.5 : 1;
  const double waiting = shares && threads > 1 ? 0.7 : 1;
  return 100 * threads * share * waiting;
}

}  // namespace

// Arguments: threads, CPUs, and for each period its busy processes and its windows.
int main(int count, char** values) {
  cl_torch::fused::TeamSize team(std::atoi(values[1]));
  const int cpus = std::atoi(values[2]);
  const char* between = "[";
  int before = team.size();
  for (int period = 3; period + 1 < count; period += 2) {
    for (int window = 0; window < std::atoi(values[period + 1]); ++window) {
      const int size = team.size();
      std::printf("%s%d", between, size);
      team.told(speed_of(size, cpus, std::atoi(values[period]), size == before));
      before = size;
      between = ",";
    }
  }
  std::printf("]\n");
}
