#pragma once

namespace cl_torch {

// Logical CPUs this process may run on.
int allowed_cpus();

// Physical cores among the allowed CPUs.
int allowed_cores();

// Gives the calling thread a team of `threads` for LibTorch's and MKL's parallel loops, without touching any
// other thread's. Returns the team's real size, which is smaller where the system has fewer threads to give. A team
// that fills every allowed CPU is bound, one thread to a CPU. Unbound, the scheduler makes room for one more busy
// process by putting two team members on one CPU, where each waits for the other at every barrier. A smaller team is
// left to the scheduler, which has a free CPU to move it to.
int form_thread_team(int threads);

// Lets `threads` of the calling thread's team work from now on, at most as many as it was formed with. OpenMP ends the
// others, unless one thread is left; a team that grows gets new ones, bound as before. Returns the size, which is the
// one before where the system has no threads to give.
int resize_thread_team(int threads);

}  // namespace cl_torch
