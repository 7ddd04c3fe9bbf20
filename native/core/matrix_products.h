#pragma once

#include <cstdint>

#include "mlp.h"

namespace cl_torch {

// Seconds that the matrix products alone of an epoch over `rows` rows take, float32, in LibTorch's own routines and with
// nothing between them: what is left of an epoch when everything else costs nothing. A step has one product a layer
// forward, one for its weights' gradient and, but for the first layer, one for its inputs' gradient.
double time_matrix_products(const Mlp& model, int64_t rows, int64_t batch_size);

// Floating-point operations of these products: two for each multiplication and addition.
double matrix_product_operations(const Mlp& model, int64_t rows);

}  // namespace cl_torch
