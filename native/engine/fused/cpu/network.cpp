#include "engine/fused/cpu/network.h"

#include <ATen/ops/add.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <numeric>

#include "data/class_mask.h"
#include "engine/fused/cpu/bias_relu.h"
#include "engine/fused/cpu/count_correct.h"
#include "engine/fused/cpu/cross_entropy.h"
#include "engine/fused/cpu/mask_and_sum.h"
#include "engine/fused/cpu/row_targets.h"

namespace cl_torch::fused {

std::vector<Layer> layers_of(const ParameterVector& parameters, const at::Tensor& vector) {
  const std::vector<at::Tensor> tensors = parameters.views(vector);
  std::vector<Layer> layers;
  for (size_t i = 0; i < tensors.size(); i += 2) layers.push_back({tensors[i], tensors[i + 1]});
  return layers;
}

CpuNetwork::CpuNetwork(const Mlp& model) : widths_(model.widths()) {}

void CpuNetwork::begin(int64_t rows) {
  if (static_cast<int64_t>(labels_.size()) < rows) {
    labels_.resize(static_cast<size_t>(rows));
    losses_.resize(labels_.size());
    activations_.clear();
    gradients_.clear();
    batches_.clear();
    for (const int64_t width : widths_) {
      activations_.push_back(at::empty({rows, width}, at::kFloat));
      gradients_.push_back(at::empty({gradients_.empty() ? 0 : rows, width}, at::kFloat));
    }
  }
  const auto known =
      std::find_if(batches_.begin(), batches_.end(), [&](const Batch& batch) { return batch.rows == rows; });
  batch_ = static_cast<size_t>(known - batches_.begin());
  if (known != batches_.end()) return;
  Batch batch{rows, {}, {}};
  for (size_t i = 0; i < widths_.size(); ++i) {
    batch.activations.push_back(activations_[i].narrow(0, 0, rows));
    batch.gradients.push_back(i == 0 ? at::Tensor() : gradients_[i].narrow(0, 0, rows));
  }
  batches_.push_back(std::move(batch));
}

void CpuNetwork::forward(const std::vector<Layer>& layers) {
  const Batch& batch = current();
  for (size_t i = 0; i < layers.size(); ++i) {
    at::Tensor output = batch.activations[i + 1];
    multiply(batch.activations[i], layers[i].weight.t(), output, WriteMode::kReplace);
    if (i + 1 == layers.size()) break;  // the loss adds the last bias
    add_bias_relu(output.mutable_data_ptr<float>(), layers[i].bias.const_data_ptr<float>(), batch.rows, widths_[i + 1]);
  }
}

double CpuNetwork::loss(const std::vector<Layer>& layers) { return mean_loss(layers.back(), 0, nullptr); }

double CpuNetwork::backward(const std::vector<Layer>& layers, double scale, const std::vector<Layer>& gradients,
                            WriteMode mode) {
  const Batch& batch = current();
  const auto row_scale = static_cast<float>(scale / static_cast<double>(batch.rows));
  float* output_gradient = batch.gradients.back().mutable_data_ptr<float>();
  const double loss = groups_.empty() ? mean_loss(layers.back(), row_scale, output_gradient)
                                      : group_losses(layers.back(), scale, output_gradient);
  for (size_t i = layers.size(); i-- > 0;) {
    const at::Tensor& gradient = batch.gradients[i + 1];
    const bool is_output = i + 1 == layers.size();
    mask_and_sum(gradient.mutable_data_ptr<float>(),
                 is_output ? nullptr : batch.activations[i + 1].const_data_ptr<float>(), batch.rows, widths_[i + 1],
                 gradients[i].bias.mutable_data_ptr<float>(), mode == WriteMode::kAdd);
    at::Tensor weight_gradient = gradients[i].weight;
    multiply(gradient.t(), batch.activations[i], weight_gradient, mode);
    if (i == 0) break;
    at::Tensor input_gradient = batch.gradients[i];
    multiply(gradient, layers[i].weight, input_gradient, WriteMode::kReplace);
  }
  return loss;
}

at::Tensor CpuNetwork::logits(const std::vector<Layer>& layers) const {
  return current().activations.back() + layers.back().bias;
}

int64_t CpuNetwork::correct(const std::vector<Layer>& layers, const ClassRange& range) const {
  const Batch& batch = current();
  return count_correct(batch.activations.back().const_data_ptr<float>(), layers.back().bias.const_data_ptr<float>(),
                       labels_.data(), batch.rows, widths_.back(), within(range, widths_.back()));
}

double CpuNetwork::mean_loss(const Layer& output, float scale, float* gradient) {
  const Batch& batch = current();
  cross_entropy(batch.activations.back().const_data_ptr<float>(), output.bias.const_data_ptr<float>(), labels_.data(),
                classes_.empty() ? nullptr : classes_.data(), batch.rows, widths_.back(), scale, losses_.data(),
                gradient);
  return mean_of_losses(0, batch.rows);
}

double CpuNetwork::mean_of_losses(int64_t begin, int64_t rows) const {
  const auto first = losses_.begin() + begin;
  return std::accumulate(first, first + rows, 0.0) / static_cast<double>(rows);
}

double CpuNetwork::group_losses(const Layer& output, double scale, float* gradient) {
  double total = 0;
  int64_t begin = 0;
  for (const Group& group : groups_) {
    total += group_loss(group, begin, output, scale, gradient + begin * widths_.back());
    begin += group.rows;
  }
  return total;
}

double CpuNetwork::group_loss(const Group& group, int64_t begin, const Layer& output, double scale, float* gradient) {
  const int64_t classes = widths_.back();
  const float* logits = current().activations.back().const_data_ptr<float>() + begin * classes;
  const float* bias = output.bias.const_data_ptr<float>();
  float* losses = losses_.data() + begin;
  double total = 0;
  if (const double weight = group.loss->cross_entropy; weight != 0) {
    const int64_t* labels = labels_.data() + begin;
    const auto row_scale = static_cast<float>(weight * scale / static_cast<double>(group.rows));
    if (const auto& binary = group.loss->binary) {
      std::fill_n(gradient, group.rows * classes, 0.0F);
      add_binary_loss({logits, bias, nullptr, group.rows, classes, 0}, labels, *binary, row_scale, losses, gradient);
    } else if (group.loss->present_only) {
      cross_entropy_of_present(logits, bias, labels, group.rows, classes, row_scale, losses, gradient);
    } else {
      cross_entropy(logits, bias, labels, classes_.empty() ? nullptr : classes_.data() + begin, group.rows, classes,
                    row_scale, losses, gradient);
    }
    total = weight * mean_of_losses(begin, group.rows);
  } else {
    std::fill_n(gradient, group.rows * classes, 0.0F);
  }
  for (const TargetLoss& term : group.loss->targets) {
    if (term.weight == 0) continue;
    const int64_t rows = group.targets.size(0);
    add_target_loss({logits, bias, group.targets.const_data_ptr<float>(), rows, classes, group.targets.size(1)}, term,
                    term.weight * scale / static_cast<double>(rows), losses, gradient);
    total += term.weight * mean_of_losses(begin, rows);
  }
  return total;
}

}  // namespace cl_torch::fused
