#pragma once

// Plain types, which need neither LibTorch nor Node-API.

#include "optim/schedule.h"

namespace cl_torch {

enum class OptimizerKind { kAdamW, kAdam, kSgd };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double learning_rate = 0;  // before the schedule changes it
  double weight_decay = 0;
  double beta1 = 0;          // Adam, AdamW
  double beta2 = 0;          // Adam, AdamW
  double epsilon = 0;        // Adam, AdamW
  double momentum = 0;       // SGD
  bool nesterov = false;     // SGD, with a momentum above 0
  double clip_gradient = 0;  // the largest norm of a step's gradient; 0: any
  ScheduleOptions schedule{};
};

}  // namespace cl_torch
