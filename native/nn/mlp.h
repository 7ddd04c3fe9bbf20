#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/network.h"

namespace cl_torch {

// A multilayer perceptron. Of its own it has `hidden`: the widths of the layers between input and output, none or more.
// Between two linear layers stand, in this order, `norm`, where it is `batch`: BatchNorm; `activation`: ReLU unless it
// is named; `dropout`: the share of units that a training pass leaves out, none unless it is there. Where `bias` is
// `off`, the linear layers have none. Where `init` is `xavier`, they start so (nn/layout.h).
class Mlp final : public Network {
 public:
  static constexpr const char* kKind = "mlp";

  // Throws INVALID_ARGUMENT unless the specification is an MLP's.
  static Layout layout_of(const NetworkSpec& spec);

  // All parameters zero.
  Mlp(const NetworkSpec& spec, const c10::Device& device);

  at::Tensor features(const at::Tensor& inputs, Mode mode) override;
  int64_t widest() const override;
  int64_t least_training_rows() const override { return numbers_.has_norm ? 2 : 1; }
  bool draws() const override { return numbers_.dropout > 0; }

  // Units from the input to the output layer; two or more.
  const std::vector<int64_t>& widths() const { return numbers_.widths; }
  // Whether it has linear layers with biases and ReLU between them, and nothing else.
  bool is_plain() const { return settings_beyond_plain(spec()).empty(); }
  // Settings of a specification that such a network does not have.
  static std::vector<std::string> settings_beyond_plain(const NetworkSpec& spec);

  struct Numbers {
    std::vector<int64_t> widths;
    std::string activation;
    bool has_bias;
    bool has_norm;
    double dropout;
    Initialisation initialisation;
  };

 private:
  at::Tensor left_by_dropout(const at::Tensor& activations) const;

  Numbers numbers_;
};

}  // namespace cl_torch
