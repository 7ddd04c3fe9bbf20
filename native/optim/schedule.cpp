#include "optim/schedule.h"

#include <algorithm>
#include <cmath>

// This file is compiled without contraction of products and sums: Python rounds its operations one by one.
namespace cl_torch {
namespace {

constexpr double kPi = 3.141592653589793;

double after_milestones(const ScheduleOptions& options, double rate, int64_t epoch) {
  const auto& milestones = options.milestones;
  const auto passed = std::upper_bound(milestones.begin(), milestones.end(), epoch) - milestones.begin();
  // One product an epoch, and not a power, which rounds differently.
  for (int64_t i = 0; i < passed; ++i) rate *= options.gamma;
  return rate;
}

// PyTorch has each epoch's rate from the one before; the closed form differs in the last bits.
double annealed(const ScheduleOptions& options, double rate, int64_t epoch, int64_t epochs) {
  const double least = options.min_learning_rate;
  const auto weight = [epochs](int64_t at) {
    return 1 + std::cos(kPi * static_cast<double>(at) / static_cast<double>(epochs));
  };
  for (int64_t at = 1; at <= epoch; ++at) rate = weight(at) / weight(at - 1) * (rate - least) + least;
  return rate;
}

double restarted(const ScheduleOptions& options, double rate, int64_t epoch) {
  int64_t period = options.restart_epochs;
  while (epoch >= period) {
    epoch -= period;
    period *= options.restart_factor;
  }
  const double least = options.min_learning_rate;
  const double cosine = std::cos(kPi * static_cast<double>(epoch) / static_cast<double>(period));
  return least + (rate - least) * (1 + cosine) / 2;
}

}  // namespace

double scheduled_rate(const ScheduleOptions& options, double rate, int64_t epoch, int64_t epochs) {
  if (epoch < options.warm_up_epochs) return rate * options.warm_up_factor;
  epoch -= options.warm_up_epochs;
  epochs -= options.warm_up_epochs;
  switch (options.kind) {
    case ScheduleKind::kSteps:
      return after_milestones(options, rate, epoch);
    case ScheduleKind::kCosine:
      return annealed(options, rate, epoch, epochs);
    case ScheduleKind::kRestarts:
      return restarted(options, rate, epoch);
    case ScheduleKind::kConstant:
      break;
  }
  return rate;
}

}  // namespace cl_torch
