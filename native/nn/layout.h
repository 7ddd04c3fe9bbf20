#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/parameter_vector.h"
#include "base/random_streams.h"

namespace cl_torch {

// What a linear layer starts from: PyTorch's default, uniform draws within ±1/√inputs; or Xavier's (Glorot's) uniform
// draws within ±√(6 / (inputs + outputs)), and biases of zero.
enum class Initialisation { kPyTorch, kXavier };

// The tensors of a network, layer by layer, in the order in which PyTorch's modules register them, and what each of
// them starts from: their default initialisation, where no other is named.
class Layout {
 public:
  // nn.Conv2d with a square kernel.
  void convolution(const std::string& name, int64_t outputs, int64_t inputs, int64_t kernel, bool has_bias);
  // nn.Linear.
  void linear(const std::string& name, int64_t outputs, int64_t inputs, bool has_bias = true,
              Initialisation initialisation = Initialisation::kPyTorch);
  // nn.BatchNorm1d or nn.BatchNorm2d; its count of batches is left out, which nothing reads where the momentum is a
  // number.
  void batch_norm(const std::string& name, int64_t channels);
  // nn.GroupNorm.
  void group_norm(const std::string& name, int64_t channels);

  const std::vector<TensorVector::Shape>& parameters() const { return parameters_; }
  const std::vector<TensorVector::Shape>& buffers() const { return buffers_; }
  // Numbers of all parameters together.
  int64_t size() const;

  // Lets all tensors start anew. Numbers are drawn on the CPU whatever the device, like those of a PyTorch model that
  // is made and then moved.
  void start(const ParameterVector& parameters, const TensorVector& buffers, const RandomStreams& streams) const;
  // The same for the rows of each parameter tensor that a smaller network, which was laid out so, does not have.
  void start_new_rows(const Layout& smaller, const ParameterVector& parameters, const RandomStreams& streams) const;

 private:
  // A uniform draw within ±bound, or where that is zero the number `value`.
  struct Start {
    double bound = 0;
    float value = 0;
    void fill(at::Tensor target, const RandomStreams& streams) const;
  };

  void parameter(const std::string& name, std::vector<int64_t> shape, Start start);
  void weight_and_bias(const std::string& name, std::vector<int64_t> weight, int64_t fan_in, bool has_bias);
  void scale_and_shift(const std::string& name, int64_t channels);

  std::vector<TensorVector::Shape> parameters_;
  std::vector<TensorVector::Shape> buffers_;
  std::vector<Start> parameter_starts_;
  std::vector<Start> buffer_starts_;
};

}  // namespace cl_torch
