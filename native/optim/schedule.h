#pragma once

#include <cstdint>
#include <vector>

namespace cl_torch {

// How a learning rate changes from epoch to epoch of a task.
enum class ScheduleKind {
  kConstant,
  kSteps,     // torch.optim.lr_scheduler.MultiStepLR
  kCosine,    // CosineAnnealingLR over all epochs of the task (Loshchilov & Hutter, 2017)
  kRestarts,  // CosineAnnealingWarmRestarts (the same)
};

struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::kConstant;
  std::vector<int64_t> milestones{};  // steps: before these epochs the rate is multiplied by gamma; increasing
  double gamma = 0.1;
  int64_t restart_epochs = 1;    // restarts: epochs of the first period, T_0
  int64_t restart_factor = 1;    // restarts: each period is so many times as long as the one before, T_mult
  double min_learning_rate = 0;  // cosine and restarts: what the rate falls to, eta_min
  int64_t warm_up_epochs = 0;    // so many epochs of a task come before the schedule's epoch 0,
  double warm_up_factor = 0.1;   // at so many times the rate
};

// The rate in epoch `epoch` (from 0) of a task of `epochs`, where it starts at `rate`: to the last bit what PyTorch's
// scheduler has set after `epoch` calls of step(), epochs of a warm-up not counted.
double scheduled_rate(const ScheduleOptions& options, double rate, int64_t epoch, int64_t epochs);

}  // namespace cl_torch
