// Plays machines to the fused CPU engine's TeamSize and prints, as JSON, how many threads worked in each window of time.
// test/native/team-size.test.ts compiles it without LibTorch.
#include "engine/fused/cpu/team_size.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace {

// Steps a second of a team that shares `cpus` CPUs with busy processes, each of which keeps one of them. A thread on a CPU
// that it shares gets half of it, and the others wait for it.
double speed_of(int threads, int cpus, int busy) {
  const double share = threads > cpus - busy ? 0.5 : 1;
  const double waiting = threads > cpus - busy && threads > 1 ? 0.7 : 1;
  return 100 * threads * share * waiting;
}

}  // namespace

// Arguments: threads, CPUs, and for each period its busy processes and its windows.
int main(int count, char** values) {
  cl_torch::fused::TeamSize team(std::atoi(values[1]));
  const int cpus = std::atoi(values[2]);
  const char* between = "[";
  for (int period = 3; period + 1 < count; period += 2) {
    for (int window = 0; window < std::atoi(values[period + 1]); ++window) {
      std::printf("%s%d", between, team.size());
      team.told(speed_of(team.size(), cpus, std::atoi(values[period])));
      between = ",";
    }
  }
  std::printf("]\n");
}
