#pragma once

#include <ATen/ATen.h>

#include "nn/network.h"

namespace cl_torch {

// Lets a network stand at other parameters for a while; its own come back when the object goes.
class Shift {
 public:
  Shift(Network& network, const at::Tensor& values)
      : parameters_(network.parameters().values()), own_(parameters_.clone()) {
    parameters_.copy_(values);
  }
  ~Shift() { parameters_.copy_(own_); }
  Shift(const Shift&) = delete;
  Shift& operator=(const Shift&) = delete;

 private:
  at::Tensor parameters_;
  at::Tensor own_;
};

}  // namespace cl_torch
