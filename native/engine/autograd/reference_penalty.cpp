#include "engine/autograd/reference_penalty.h"

#include <ATen/Parallel.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/sub.h>
#include <c10/core/GradMode.h>

#include "base/for_vectors.h"

// This file is compiled with -ffp-contract=off: autograd rounds each product and each sum, so a product and a sum must
// not become one instruction with one rounding.
namespace cl_torch {
namespace {

constexpr int64_t kElements = 16384;  // worth a thread of its own

// With p = share direction: the deviation offset - p; its square; the gradient alpha (2 deviation) in the offset's
// place; and what of it goes to the share, gradient times direction.
CL_TORCH_LOOP void deviate(float* offset, const float* direction, float share, float alpha, float* squares,
                           float* products, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float projection = share * direction[i];
    const float deviation = offset[i] - projection;
    const float gradient = alpha * (2 * deviation);
    squares[i] = deviation * deviation;
    products[i] = gradient * direction[i];
    offset[i] = gradient;
  }
}

// The offset's gradient, directly and through the share, onto what is there.
CL_TORCH_LOOP void accumulate(float* gradients, const float* direct, const float* direction, float share_gradient,
                              int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const float through_share = share_gradient * direction[i];
    const float total = direct[i] + through_share;
    gradients[i] += total;
  }
}

std::vector<at::Tensor> flat_views(const ParameterVector& parameters, const at::Tensor& vector) {
  std::vector<at::Tensor> views = parameters.views(vector);
  for (at::Tensor& view : views) view = view.flatten();
  return views;
}

}  // namespace

bool ReferencePenalty::applies(const ParameterVector& parameters, const OffDirectionPenalty& penalty) {
  return penalty.options().gradient == PenaltyGradient::kReference && parameters.values().is_cpu() &&
         penalty.sphere().parts().size() == parameters.segments().size();
}

ReferencePenalty::ReferencePenalty(const ParameterVector& parameters, const OffDirectionPenalty& penalty)
    : parameters_(parameters),
      penalty_(penalty),
      offset_(at::empty_like(penalty.anchor())),
      squares_(at::empty_like(offset_)),
      products_(at::empty_like(offset_)),
      offsets_(flat_views(parameters, offset_)),
      tensor_squares_(flat_views(parameters, squares_)),
      tensor_products_(flat_views(parameters, products_)),
      directions_(flat_views(parameters, penalty.unit_direction())) {}

at::Tensor ReferencePenalty::add_gradient() {
  const c10::NoGradGuard no_grad;
  const auto alpha = static_cast<float>(penalty_.alpha());
  at::sub_out(offset_, parameters_.values(), penalty_.anchor());
  at::Tensor total;
  for (size_t i = 0; i < offsets_.size(); ++i) {
    const int64_t count = offsets_[i].numel();
    const auto share = at::dot(offsets_[i], directions_[i]).item<float>();
    float* offset = offsets_[i].mutable_data_ptr<float>();
    const float* direction = directions_[i].const_data_ptr<float>();
    float* squares = tensor_squares_[i].mutable_data_ptr<float>();
    float* products = tensor_products_[i].mutable_data_ptr<float>();
    at::parallel_for(0, count, kElements, [&](int64_t begin, int64_t end) {
      for_vectors<deviate>(offset + begin, direction + begin, share, alpha, squares + begin, products + begin,
                           end - begin);
    });
    const at::Tensor square = tensor_squares_[i].sum();
    total = i == 0 ? square.add(0.0) : total.add(square);
    const float share_gradient = -tensor_products_[i].sum().item<float>();
    float* gradients = parameters_.gradients().mutable_data_ptr<float>() + parameters_.segments()[i].offset;
    at::parallel_for(0, count, kElements, [&](int64_t begin, int64_t end) {
      for_vectors<accumulate>(gradients + begin, offset + begin, direction + begin, share_gradient, end - begin);
    });
  }
  return total.mul(penalty_.alpha());
}

}  // namespace cl_torch
