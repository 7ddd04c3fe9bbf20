#include "engine/fused/common/importance.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <vector>

#include "data/class_mask.h"

namespace cl_torch::fused {
namespace {

// An MLP's forward pass: the inputs of each layer, and the logits last.
std::vector<at::Tensor> forward(const std::vector<at::Tensor>& tensors, const at::Tensor& inputs,
                                const ImportanceProducts& products) {
  std::vector<at::Tensor> activations = {inputs};
  for (size_t i = 0; i < tensors.size(); i += 2) {
    const at::Tensor input = i == 0 ? inputs : at::relu(activations.back());
    activations.back() = input;
    activations.push_back(products.linear(input, tensors[i], tensors[i + 1]));
  }
  return activations;
}

// Adds the gradients of all rows, squared or as absolute values, by `output` at the logits, [rows, classes].
void add_measured(const std::vector<at::Tensor>& tensors, const std::vector<at::Tensor>& activations, at::Tensor output,
                  const ImportanceOptions& options, const ImportanceProducts& products,
                  std::vector<at::Tensor>& importances) {
  const bool absolute = options.kind == ImportanceKind::kOutputs;
  const auto measured = [absolute](const at::Tensor& values) { return absolute ? values.abs() : values.square(); };
  for (size_t layer = tensors.size() / 2; layer-- > 0;) {
    products.add(measured(output), measured(activations[layer]), options.scale, importances[2 * layer],
                 importances[2 * layer + 1]);
    if (layer > 0) output = products.back(output, tensors[2 * layer]).mul_(activations[layer].gt(0));
  }
}

}  // namespace

at::Tensor ImportanceProducts::linear(const at::Tensor& inputs, const at::Tensor& weight,
                                      const at::Tensor& bias) const {
  return at::linear(inputs, weight, bias);
}

at::Tensor ImportanceProducts::softmax(const at::Tensor& logits) const { return logits.softmax(1); }

void ImportanceProducts::add(const at::Tensor& outputs, const at::Tensor& inputs, double scale, at::Tensor& weight,
                             at::Tensor& bias) const {
  weight.addmm_(outputs.t(), inputs, 1, scale);
  bias.add_(outputs.sum(0), scale);
}

at::Tensor ImportanceProducts::back(const at::Tensor& output, const at::Tensor& weight) const {
  return at::mm(output, weight);
}

void add_importance(const Mlp& model, const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                    at::Tensor& importance, Observer& observer, const ImportanceProducts& products) {
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor> tensors = model.parameters().views(values);
  std::vector<at::Tensor> importances = model.parameters().views(importance);
  const std::vector<at::Tensor> activations = forward(tensors, batch.inputs, products);
  if (options.kind == ImportanceKind::kOutputs) {
    const at::Tensor output = only_classes(activations.back(), batch.classes) * 2;
    add_measured(tensors, activations, output, options, products, importances);
    return;
  }
  const at::Tensor probabilities = products.softmax(masked_logits(activations.back(), batch.classes));
  if (options.kind != ImportanceKind::kExact) {
    const at::Tensor output = probabilities.clone();
    output.scatter_add_(1, batch.labels.unsqueeze(1), at::full({batch.labels.size(0), 1}, -1, probabilities.options()));
    add_measured(tensors, activations, output, options, products, importances);
    return;
  }
  for (int64_t label = 0; label < options.classes; ++label) {
    observer.stop_if_cancelled();
    at::Tensor output = probabilities.clone();
    output.select(1, label).sub_(1);
    output.mul_(probabilities.narrow(1, label, 1).sqrt());
    add_measured(tensors, activations, output, options, products, importances);
  }
}

}  // namespace cl_torch::fused
