#pragma once

namespace cl_torch {

// The factors of one AdamW step in float32 (AdamW::Update has the formula). Plain: CUDA kernels read it, too.
struct AdamWFactors {
  float decay;
  float first_share;
  float second_decay;
  float second_share;  // 1 - second_decay
  float step_size;
  float root_factor;  // 1 / root_correction
  float epsilon;
};

}  // namespace cl_torch
