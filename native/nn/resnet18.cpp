#include "nn/resnet18.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"
#include "nn/batch_norm.h"
#include "nn/settings.h"

namespace cl_torch {
namespace {

constexpr int64_t kStages = 4;
constexpr int64_t kBlocks = 2;
constexpr double kNormEpsilon = 1e-5;
constexpr int64_t kNormGroups = 32;

struct ResNetNumbers {
  int64_t width;
  bool is_large;
  bool has_batch_norm;
};

ResNetNumbers resnet_numbers(const NetworkSpec& spec) {
  const Settings settings(spec);
  settings.require_images();
  const int64_t stem = settings.number("stem");
  if (stem != 32 && stem != 224) {
    reject("A network of the kind 'resnet18' has 'stem', 32 or 224; found " + std::to_string(stem) + ".");
  }
  const ResNetNumbers numbers{settings.number("width"), stem == 224,
                              settings.word("norm", {"batch", "group"}) == "batch"};
  settings.require_known({"width", "stem", "norm"}, "'width', 'stem' and 'norm'");
  return numbers;
}

// Pixels on a side after a layer of stride 2.
int64_t halved(int64_t side) { return (side - 1) / 2 + 1; }

// Of a stage, from 0.
int64_t stride_of(int64_t stage) { return stage == 0 ? 1 : 2; }

// Whether a block's input has another shape than what is added to it.
bool is_reshaped(int64_t stage, int64_t block) { return stage > 0 && block == 0; }

// Adds the layers' tensors.
class ResNetBuilder {
 public:
  explicit ResNetBuilder(bool has_batch_norm) : has_batch_norm_(has_batch_norm) {}

  void convolution(const std::string& name, const std::string& norm, int64_t outputs, int64_t inputs, int64_t kernel) {
    layout.convolution(name, outputs, inputs, kernel, false);
    has_batch_norm_ ? layout.batch_norm(norm, outputs) : layout.group_norm(norm, outputs);
  }

  void block(const std::string& name, int64_t outputs, int64_t inputs, bool reshaped) {
    convolution(name + ".conv1", name + ".bn1", outputs, inputs, 3);
    convolution(name + ".conv2", name + ".bn2", outputs, outputs, 3);
    if (reshaped) convolution(name + ".downsample.0", name + ".downsample.1", outputs, inputs, 1);
  }

  Layout layout;

 private:
  bool has_batch_norm_;
};

// Applies the layers to a batch, taking their tensors in the order in which the builder added them.
class ResNetPass {
 public:
  ResNetPass(Network& network, bool has_batch_norm, Mode mode)
      : network_(network),
        parameters_(network.parameters().parameters()),
        buffers_(network.buffers().views(network.buffers().values())),
        has_batch_norm_(has_batch_norm),
        mode_(mode) {}

  at::Tensor convolution(const at::Tensor& inputs, int64_t stride, int64_t padding) {
    return norm(at::conv2d(inputs, parameter(), {}, stride, padding));
  }

  at::Tensor block(const at::Tensor& inputs, int64_t stride, bool reshaped) {
    at::Tensor outputs = convolution(convolution(inputs, stride, 1).relu_(), 1, 1);
    outputs += reshaped ? convolution(inputs, stride, 0) : inputs;
    return outputs.relu_();
  }

 private:
  const at::Tensor& parameter() { return parameters_[next_parameter_++]; }

  at::Tensor norm(const at::Tensor& inputs) {
    const at::Tensor& scale = parameter();
    const at::Tensor& shift = parameter();
    if (!has_batch_norm_) {
      return at::group_norm(inputs, std::gcd(kNormGroups, inputs.size(1)), scale, shift, kNormEpsilon);
    }
    const at::Tensor& mean = buffers_[next_buffer_++];
    const at::Tensor& variance = buffers_[next_buffer_++];
    return batch_norm(network_, inputs, scale, shift, mean, variance, mode_);
  }

  const Network& network_;
  const std::vector<at::Tensor>& parameters_;
  std::vector<at::Tensor> buffers_;
  bool has_batch_norm_;
  Mode mode_;
  size_t next_parameter_ = 0;
  size_t next_buffer_ = 0;
};

// With fewer channels, last in memory, than one of the processor's vectors has numbers, oneDNN writes behind the end of
// its workspace for the gradient of a 1 × 1 convolution of stride 2 (its issue 6035).
constexpr int64_t kLeastWidthForChannelsLast = 16;

// Where oneDNN's convolutions and BatchNorm are fastest. Of one channel both layouts lie alike in memory: then the
// strides alone say which one is meant.
at::Tensor channels_last(const at::Tensor& images) {
  if (images.size(1) > 1) return images.contiguous(at::MemoryFormat::ChannelsLast);
  const int64_t height = images.size(2);
  const int64_t width = images.size(3);
  return images.contiguous().as_strided(images.sizes(), {height * width, 1, width, 1});
}

}  // namespace

Layout ResNet18::layout_of(const NetworkSpec& spec) {
  const auto [width, is_large, has_batch_norm] = resnet_numbers(spec);
  ResNetBuilder builder(has_batch_norm);
  builder.convolution("conv1", "bn1", width, spec.input.front(), is_large ? 7 : 3);
  int64_t inputs = width;
  for (int64_t stage = 0; stage < kStages; ++stage) {
    const int64_t outputs = width << stage;
    for (int64_t block = 0; block < kBlocks; ++block) {
      const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
      builder.block(name, outputs, inputs, is_reshaped(stage, block));
      inputs = outputs;
    }
  }
  builder.layout.linear("fc", spec.classes, inputs);
  return builder.layout;
}

ResNet18::ResNet18(const NetworkSpec& spec, const c10::Device& device)
    : Network(spec, layout_of(spec), device),
      width_(resnet_numbers(spec).width),
      is_large_(resnet_numbers(spec).is_large),
      has_batch_norm_(resnet_numbers(spec).has_batch_norm) {}

at::Tensor ResNet18::features(const at::Tensor& inputs, Mode mode) {
  ResNetPass pass(*this, has_batch_norm_, mode);
  const auto& input = spec().input;
  at::Tensor activations = inputs.view({inputs.size(0), input[0], input[1], input[2]});
  if (activations.is_cpu() && width_ >= kLeastWidthForChannelsLast) activations = channels_last(activations);
  activations = pass.convolution(activations, is_large_ ? 2 : 1, is_large_ ? 3 : 1).relu_();
  if (is_large_) activations = at::max_pool2d(activations, 3, 2, 1);
  for (int64_t stage = 0; stage < kStages; ++stage) {
    for (int64_t block = 0; block < kBlocks; ++block) {
      activations = pass.block(activations, block == 0 ? stride_of(stage) : 1, is_reshaped(stage, block));
    }
  }
  return at::adaptive_avg_pool2d(activations, {1, 1}).flatten(1);
}

int64_t ResNet18::widest() const {
  const int64_t width = resnet_numbers(spec()).width;
  int64_t pixels = spec().input[1] * spec().input[2];
  if (is_large_) pixels = halved(spec().input[1]) * halved(spec().input[2]);
  return std::max({inputs(), classes(), width * pixels, width << (kStages - 1)});
}

int64_t ResNet18::least_training_rows() const {
  const int64_t halvings = kStages - 1 + (is_large_ ? 2 : 0);
  int64_t height = spec().input[1];
  int64_t width = spec().input[2];
  for (int64_t i = 0; i < halvings; ++i) {
    height = halved(height);
    width = halved(width);
  }
  return has_batch_norm_ && height * width == 1 ? 2 : 1;
}

}  // namespace cl_torch
