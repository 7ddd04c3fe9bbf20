#pragma once

#include <string>
#include <vector>

#include "base/named_tensor.h"
#include "base/parameter_vector.h"

namespace cl_torch {

// A vector laid out like a model's, tensor by tensor, on the host.
std::vector<NamedTensor> named(const TensorVector& layout, const at::Tensor& vector);

// The same back: a vector laid out like the model's, on the host. `lists`: every tensor's elements, in their
// order.
at::Tensor from_lists(const TensorVector& layout, const std::vector<std::vector<float>>& lists,
                      const char* kind = "parameter");

// Throws INVALID_ARGUMENT unless `tensors` have these names and shapes, in this order. `what` names them in messages.
void require_shapes(const std::vector<TensorVector::Shape>& shapes, const std::vector<NamedTensor>& tensors,
                    const std::string& what);

// A vector of such tensors, checked by require_shapes.
at::Tensor from_named(const TensorVector& layout, const std::vector<NamedTensor>& tensors);

}  // namespace cl_torch
