#pragma once

#include "nn/network.h"

namespace cl_torch {

// nn.BatchNorm1d or nn.BatchNorm2d of a network: by the statistics of the batch or by the running ones, `mean` and
// `variance`, as the mode says; where its scale is frozen, always by the running ones.
at::Tensor batch_norm(const Network& network, const at::Tensor& inputs, const at::Tensor& scale,
                      const at::Tensor& shift, const at::Tensor& mean, const at::Tensor& variance, Mode mode);

}  // namespace cl_torch
