#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace cl_torch {

// Where one parameter tensor lies in the vector.
struct Segment {
  std::string name;
  std::vector<int64_t> shape;
  int64_t offset;  // in elements, a multiple of the vector's alignment
  int64_t count;
};

// The tensors of a model in ONE contiguous float32 vector, of which they are views, so that methods that shift, project
// or interpolate a model are single vector operations. Segments start where tensors of their own would, at multiples of
// 64 bytes on the CPU and of 512 on a GPU, because BLAS may sum in another order where a matrix starts elsewhere. The
// elements between two segments stay zero.
class TensorVector {
 public:
  struct Shape {
    std::string name;
    std::vector<int64_t> shape;
  };

  // All zero.
  TensorVector(const std::vector<Shape>& shapes, const c10::Device& device);

  // Float32 elements that the start of every segment is a multiple of, by the kind of device.
  static int64_t alignment(const c10::Device& device) { return device.is_cpu() ? 16 : 128; }

  const at::Tensor& values() const { return values_; }  // [size]
  const std::vector<Segment>& segments() const { return segments_; }

  // The segments of another vector laid out like this one, as tensors of these shapes.
  std::vector<at::Tensor> views(const at::Tensor& vector) const;

 private:
  std::vector<Segment> segments_;
  at::Tensor values_;
};

// The parameters of a model, and their gradients in a vector laid out alike.
class ParameterVector : public TensorVector {
 public:
  ParameterVector(const std::vector<Shape>& shapes, const c10::Device& device);

  const at::Tensor& gradients() const { return gradients_; }  // [size]

  // Leaf tensors that require gradients; backward() accumulates into gradients().
  const std::vector<at::Tensor>& parameters() const { return parameters_; }
  const std::vector<at::Tensor>& parameter_gradients() const { return parameter_gradients_; }

 private:
  at::Tensor gradients_;
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> parameter_gradients_;
};

// Copies `vector`, laid out like `layout`, into `target`, laid out like `grown`, whose tensors may have more rows; the
// rows that are new are left as they are.
void carry_over(const TensorVector& layout, const at::Tensor& vector, const TensorVector& grown,
                const at::Tensor& target);

}  // namespace cl_torch
