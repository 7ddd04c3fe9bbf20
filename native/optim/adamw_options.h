#pragma once

namespace cl_torch {

struct AdamWOptions {
  double learning_rate;
  double beta1;
  double beta2;
  double epsilon;
  double weight_decay;
};

}  // namespace cl_torch
