#pragma once

#include <ATen/core/Tensor.h>

namespace cl_torch {

// Hides some of a network's parameters from it: where a mask is 0 they are 0, until they are shown again. Those that
// are hidden must not move while the object lives; the others may, but only while all are shown.
class HiddenParameters {
 public:
  // `values`: the parameters, [size]; `mask`: 0 or 1 for each, or undefined, which hides nothing.
  HiddenParameters(const at::Tensor& values, const at::Tensor& mask);
  ~HiddenParameters() { show(); }
  HiddenParameters(const HiddenParameters&) = delete;
  HiddenParameters& operator=(const HiddenParameters&) = delete;

  void hide();
  void show();

 private:
  at::Tensor values_;
  at::Tensor mask_;
  at::Tensor hidden_;  // what shows them again when it is added
  bool is_hiding_ = false;
};

}  // namespace cl_torch
