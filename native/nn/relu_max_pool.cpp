#include "nn/relu_max_pool.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "nn/pool_rows.h"

namespace cl_torch {
namespace {

constexpr int64_t kPixelsPerThread = 32768;

// Images of one channel each, behind each other.
struct Planes {
  explicit Planes(at::IntArrayRef shape)
      : count(shape[0] * shape[1]), height(shape[2]), width(shape[3]), rows(height / 2), columns(width / 2) {}

  // Takes the planes in parts: `take(begin, end)`.
  template <typename Take>
  void for_each(const Take& take) const {
    at::parallel_for(0, count, std::max<int64_t>(1, kPixelsPerThread / (height * width)), take);
  }
  int64_t windows() const { return rows * columns; }
  // Where the pixels of a plane's row of windows begin.
  int64_t first_pixel(int64_t plane, int64_t row) const { return (plane * height + 2 * row) * width; }

  int64_t count, height, width;
  int64_t rows, columns;  // of windows
};

class ReluMaxPool final : public torch::autograd::Function<ReluMaxPool> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& images) {
    const at::Tensor source = images.contiguous();
    const Planes planes(source.sizes());
    const at::IntArrayRef shape = source.sizes();
    at::Tensor pooled = at::empty({shape[0], shape[1], planes.rows, planes.columns}, source.options());
    at::Tensor pixels = at::empty(pooled.sizes(), source.options().dtype(at::kInt));
    const auto* from = source.const_data_ptr<float>();
    auto* to = pooled.mutable_data_ptr<float>();
    auto* which = pixels.mutable_data_ptr<int32_t>();
    planes.for_each([&](int64_t begin, int64_t end) {
      // All of a plane's windows in one loop: those of one row may be too few for a vector.
      std::vector<float> largest(static_cast<size_t>(2 * planes.windows()));
      std::vector<int32_t> is_lower(largest.size());
      for (int64_t plane = begin; plane < end; ++plane) {
        for (int64_t row = 0; row < planes.rows; ++row) {
          const float* const upper = from + planes.first_pixel(plane, row);
          const int64_t column = 2 * row * planes.columns;
          for_vectors<pool_columns>(upper, upper + planes.width, 2 * planes.columns, largest.data() + column,
                                    is_lower.data() + column);
        }
        const int64_t window = plane * planes.windows();
        for_vectors<pool_pairs>(std::as_const(largest).data(), std::as_const(is_lower).data(), planes.windows(),
                                to + window, which + window);
      }
    });
    context->save_for_backward({pixels});
    context->saved_data["shape"] = shape.vec();
    return pooled;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    TORCH_CHECK(!c10::GradMode::is_enabled(), "The gradient of relu_max_pool has no gradient of its own.");
    const std::vector<int64_t> shape = context->saved_data["shape"].toIntVector();
    const Planes planes(shape);
    const at::Tensor gradient = gradients[0].contiguous();
    const at::Tensor places = context->get_saved_variables()[0];
    at::Tensor result = at::empty(shape, gradient.options());
    const auto* from = gradient.const_data_ptr<float>();
    const auto* which = places.const_data_ptr<int32_t>();
    auto* to = result.mutable_data_ptr<float>();
    planes.for_each([&](int64_t begin, int64_t end) {
      std::vector<float> upper(static_cast<size_t>(2 * planes.windows()));
      std::vector<float> lower(upper.size());
      for (int64_t plane = begin; plane < end; ++plane) {
        const int64_t window = plane * planes.windows();
        for_vectors<spread_windows>(from + window, which + window, planes.windows(), upper.data(), lower.data());
        for (int64_t row = 0; row < planes.rows; ++row) {
          float* target = to + planes.first_pixel(plane, row);
          for (const std::vector<float>& pixels : {std::cref(upper), std::cref(lower)}) {
            std::copy_n(pixels.begin() + 2 * row * planes.columns, 2 * planes.columns, target);
            target += planes.width;
            if (planes.width % 2 == 1) target[-1] = 0;
          }
        }
        // A last row that has no partner.
        std::fill(to + planes.first_pixel(plane, planes.rows), to + planes.first_pixel(plane + 1, 0), 0.0F);
      }
    });
    return {result};
  }
};

}  // namespace

at::Tensor relu_max_pool(const at::Tensor& images) {
  if (images.is_cpu() && images.scalar_type() == at::kFloat) return ReluMaxPool::apply(images);
  return at::max_pool2d(at::relu(images), 2);
}

}  // namespace cl_torch
