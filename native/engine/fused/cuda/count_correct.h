#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace cl_torch::fused {

struct CountArguments {
  const float* logits;  // [rows, classes], of one model
  const float* bias;
  const int64_t* labels;
  int64_t rows;
  int64_t classes;
  int64_t begin;  // of the classes that a prediction goes over,
  int64_t end;    // and where they end
};

// Adds to `count` the rows whose largest logit + bias, of the range's classes, is their label's; the first of several.
// A row of which an output of the range is NaN or infinite counts as wrong.
void launch_count_correct(const CountArguments& arguments, unsigned long long* count, cudaStream_t stream);

}  // namespace cl_torch::fused
