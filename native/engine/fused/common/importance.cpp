#include "engine/fused/common/importance.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <vector>

namespace cl_torch::fused {
namespace {

// An MLP's forward pass: the inputs of each layer, and the logits last.
std::vector<at::Tensor> forward(const std::vector<at::Tensor>& tensors, const at::Tensor& inputs) {
  std::vector<at::Tensor> activations = {inputs};
  for (size_t i = 0; i < tensors.size(); i += 2) {
    const at::Tensor input = i == 0 ? inputs : at::relu(activations.back());
    activations.back() = input;
    activations.push_back(at::linear(input, tensors[i], tensors[i + 1]));
  }
  return activations;
}

// Adds the squares of the gradients of all rows, by `output` at the logits, [rows, classes].
void add_squares(const std::vector<at::Tensor>& tensors, const std::vector<at::Tensor>& activations, at::Tensor output,
                 double scale, std::vector<at::Tensor>& importances) {
  for (size_t layer = tensors.size() / 2; layer-- > 0;) {
    const at::Tensor squares = output.square();
    importances[2 * layer].addmm_(squares.t(), activations[layer].square(), 1, scale);
    importances[2 * layer + 1].add_(squares.sum(0), scale);
    if (layer > 0) output = at::mm(output, tensors[2 * layer]).mul_(activations[layer].gt(0));
  }
}

}  // namespace

void add_importance(const Mlp& model, const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                    at::Tensor& importance, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const std::vector<at::Tensor> tensors = model.parameters().views(values);
  std::vector<at::Tensor> importances = model.parameters().views(importance);
  const std::vector<at::Tensor> activations = forward(tensors, batch.inputs);
  const at::Tensor probabilities = activations.back().softmax(1);
  if (options.fisher == Fisher::kEmpirical) {
    const at::Tensor output = probabilities.clone();
    output.scatter_add_(1, batch.labels.unsqueeze(1), at::full({batch.labels.size(0), 1}, -1, probabilities.options()));
    add_squares(tensors, activations, output, options.scale, importances);
    return;
  }
  for (int64_t label = 0; label < options.classes; ++label) {
    observer.stop_if_cancelled();
    at::Tensor output = probabilities.clone();
    output.select(1, label).sub_(1);
    output.mul_(probabilities.narrow(1, label, 1).sqrt());
    add_squares(tensors, activations, output, options.scale, importances);
  }
}

}  // namespace cl_torch::fused
