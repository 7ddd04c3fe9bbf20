#include "base/named_tensors.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.h"

namespace cl_torch {
namespace {

std::string text_of(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

int64_t count_of(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

// Puts every tensor's elements at its segment's place.
template <typename DataOf>
at::Tensor laid_out(const TensorVector& layout, DataOf&& data_of) {
  at::Tensor vector = at::zeros({layout.values().size(0)}, at::kFloat);
  float* target = vector.mutable_data_ptr<float>();
  const auto& segments = layout.segments();
  for (size_t i = 0; i < segments.size(); ++i) {
    const std::vector<float>& data = data_of(i);
    std::copy(data.begin(), data.end(), target + segments[i].offset);
  }
  return vector;
}

}  // namespace

std::vector<NamedTensor> named(const TensorVector& layout, const at::Tensor& vector) {
  const at::Tensor values = vector.cpu();
  const float* data = values.const_data_ptr<float>();
  std::vector<NamedTensor> tensors;
  for (const Segment& segment : layout.segments()) {
    const float* begin = data + segment.offset;
    tensors.push_back({segment.name, segment.shape, {begin, begin + segment.count}});
  }
  return tensors;
}

at::Tensor from_lists(const TensorVector& layout, const std::vector<std::vector<float>>& lists, const char* kind) {
  const auto& segments = layout.segments();
  if (lists.size() != segments.size()) {
    reject("The model has " + std::to_string(segments.size()) + " " + kind + " tensors; found " +
           std::to_string(lists.size()) + ".");
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    if (static_cast<int64_t>(lists[i].size()) != segments[i].count) {
      reject("'" + segments[i].name + "' has " + std::to_string(segments[i].count) + " elements; found " +
             std::to_string(lists[i].size()) + ".");
    }
  }
  return laid_out(layout, [&](size_t i) -> const std::vector<float>& { return lists[i]; });
}

void require_shapes(const std::vector<TensorVector::Shape>& shapes, const std::vector<NamedTensor>& tensors,
                    const std::string& what) {
  if (tensors.size() != shapes.size()) {
    reject("The model has " + std::to_string(shapes.size()) + " parameter tensors, but " + what + " has " +
           std::to_string(tensors.size()) + ".");
  }
  for (size_t i = 0; i < shapes.size(); ++i) {
    const std::string place = "Tensor " + std::to_string(i) + " of " + what + " ";
    if (tensors[i].name != shapes[i].name) {
      reject(place + "must be '" + shapes[i].name + "'; found '" + tensors[i].name + "'.");
    }
    if (tensors[i].shape != shapes[i].shape) {
      reject(place + "('" + shapes[i].name + "') must have the shape " + text_of(shapes[i].shape) + "; found " +
             text_of(tensors[i].shape) + ".");
    }
    if (static_cast<int64_t>(tensors[i].data.size()) != count_of(shapes[i].shape)) {
      reject(place + "('" + shapes[i].name + "') must have " + std::to_string(count_of(shapes[i].shape)) +
             " elements; found " + std::to_string(tensors[i].data.size()) + ".");
    }
  }
}

at::Tensor from_named(const TensorVector& layout, const std::vector<NamedTensor>& tensors) {
  return laid_out(layout, [&](size_t i) -> const std::vector<float>& { return tensors[i].data; });
}

}  // namespace cl_torch
