#include "nn/cnn.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/relu_max_pool.h"
#include "nn/settings.h"

namespace cl_torch {
namespace {

constexpr int64_t kLargestKernel = 63;
constexpr size_t kMostHalvings = 20;  // of any image that a network takes

struct CnnNumbers {
  std::vector<int64_t> channels;
  int64_t kernel;
  std::vector<int64_t> hidden;
};

CnnNumbers cnn_numbers(const NetworkSpec& spec) {
  const Settings settings(spec);
  settings.require_images();
  CnnNumbers numbers{settings.numbers("channels", "the channels of each convolution"), settings.number("kernel"),
                     settings.numbers("hidden", "the widths between the convolutions and the output")};
  settings.require_known({"channels", "kernel", "hidden"}, "'channels', 'kernel' and 'hidden'");
  if (numbers.channels.empty()) reject("A network of the kind 'cnn' has one convolution or more; 'channels' is empty.");
  if (numbers.kernel % 2 == 0 || numbers.kernel > kLargestKernel) {
    reject("A network of the kind 'cnn' has 'kernel', an odd number up to " + std::to_string(kLargestKernel) +
           "; found " + std::to_string(numbers.kernel) + ".");
  }
  const int64_t side = std::min(spec.input[1], spec.input[2]);
  if (numbers.channels.size() > kMostHalvings || side >> numbers.channels.size() < 1) {
    reject("A network of the kind 'cnn' halves its images after each convolution: 'channels' has " +
           std::to_string(numbers.channels.size()) + " of them, too many for images of " +
           std::to_string(spec.input[1]) + " by " + std::to_string(spec.input[2]) + " pixels.");
  }
  return numbers;
}

}  // namespace

Layout Cnn::layout_of(const NetworkSpec& spec) {
  const CnnNumbers numbers = cnn_numbers(spec);
  Layout layout;
  int64_t inputs = spec.input.front();
  for (size_t i = 0; i < numbers.channels.size(); ++i) {
    layout.convolution("convolutions." + std::to_string(i), numbers.channels[i], inputs, numbers.kernel, true);
    inputs = numbers.channels[i];
  }
  const size_t halvings = numbers.channels.size();
  inputs *= (spec.input[1] >> halvings) * (spec.input[2] >> halvings);
  std::vector<int64_t> outputs = numbers.hidden;
  outputs.push_back(spec.classes);
  for (size_t i = 0; i < outputs.size(); ++i) {
    layout.linear("layers." + std::to_string(i), outputs[i], inputs);
    inputs = outputs[i];
  }
  return layout;
}

Cnn::Cnn(const NetworkSpec& spec, const c10::Device& device)
    : Network(spec, layout_of(spec), device),
      convolutions_(cnn_numbers(spec).channels.size()),
      padding_(cnn_numbers(spec).kernel / 2) {}

at::Tensor Cnn::features(const at::Tensor& inputs, Mode) {
  const auto& tensors = parameters().parameters();
  const auto& input = spec().input;
  at::Tensor activations = inputs.view({inputs.size(0), input[0], input[1], input[2]});
  size_t next = 0;
  for (; next < 2 * convolutions_; next += 2) {
    activations = at::conv2d(activations, tensors[next], tensors[next + 1], 1, padding_);
    activations = relu_max_pool(activations);
  }
  activations = activations.flatten(1);
  for (; next + 2 < tensors.size(); next += 2) {
    activations = at::relu(at::linear(activations, tensors[next], tensors[next + 1]));
  }
  return activations;
}

int64_t Cnn::widest() const {
  const CnnNumbers numbers = cnn_numbers(spec());
  const int64_t pixels = spec().input[1] * spec().input[2];
  int64_t widest = std::max(inputs(), classes());
  for (size_t i = 0; i < numbers.channels.size(); ++i) {
    const int64_t here = numbers.channels[i] * (pixels >> (2 * i));
    widest = std::max(widest, here);
  }
  for (const int64_t width : numbers.hidden) widest = std::max(widest, width);
  return widest;
}

}  // namespace cl_torch
