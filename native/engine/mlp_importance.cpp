#include "engine/mlp_importance.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <vector>

#include "data/class_mask.h"

namespace cl_torch {
namespace {

// A batch on its way forward and back.
class Passes {
 public:
  Passes(std::vector<at::Tensor> tensors, const at::Tensor& inputs, const ImportanceProducts& products, bool absolute)
      : tensors_(std::move(tensors)), products_(products), absolute_(absolute) {
    at::Tensor input = inputs;
    for (size_t i = 0; i < tensors_.size(); i += 2) {
      if (i > 0) input = at::relu(input);
      inputs_.push_back(input);
      input = products_.linear(input, tensors_[i], tensors_[i + 1]);
    }
    logits_ = input;
    returned_.resize(inputs_.size());
  }

  const at::Tensor& logits() const { return logits_; }

  // Takes `output`, [rows, classes], back from the logits and adds what comes to each layer's units, measured.
  void add(at::Tensor output) {
    at::Tensor& outputs = returned_.back();
    outputs = outputs.defined() ? outputs.add_(measured(output)) : measured(output);
    for (size_t layer = inputs_.size() - 1; layer > 0; --layer) {
      output = products_.back(output, tensors_[2 * layer]);
      at::Tensor& returned = returned_[layer - 1];
      if (absolute_) {
        returned = measured(output.mul_(inputs_[layer].gt(0)));
      } else {
        if (!returned.defined()) returned = at::zeros_like(output);
        products_.mask_and_square(output, inputs_[layer], returned);
      }
    }
  }

  void add_products(double scale, std::vector<at::Tensor>& importances) const {
    if (!returned_.back().defined()) return;  // a single class has no gradient
    for (size_t layer = 0; layer < inputs_.size(); ++layer) {
      products_.add(returned_[layer], measured(inputs_[layer]), scale, importances[2 * layer],
                    importances[2 * layer + 1]);
    }
  }

 private:
  at::Tensor measured(const at::Tensor& values) const { return absolute_ ? values.abs() : values.square(); }

  std::vector<at::Tensor> tensors_;
  const ImportanceProducts& products_;
  bool absolute_;
  std::vector<at::Tensor> inputs_;  // of each layer
  at::Tensor logits_;
  std::vector<at::Tensor> returned_;  // to each layer's units
};

// Calls `take` with each column of a factor L of diag(p) - p pᵀ = L Lᵀ, row by row: [rows, classes], one for each label
// that some row has a probability of, but for the last.
template <typename Take>
void each_factor(const at::Tensor& probabilities, const ImportanceProducts& products, Observer& observer,
                 const Take& take) {
  const int64_t classes = probabilities.size(1);
  const at::Tensor is_there = probabilities.ne(0).any(0).cpu();
  at::Tensor rest = at::zeros_like(probabilities);  // the sum of the later labels' probabilities
  for (int64_t label = classes - 1; label-- > 0;) {
    rest.select(1, label).copy_(rest.select(1, label + 1) + probabilities.select(1, label + 1));
  }
  for (int64_t label = 0; label + 1 < classes; ++label) {
    if (!is_there.const_data_ptr<bool>()[label]) continue;
    observer.stop_if_cancelled();
    const at::Tensor own = probabilities.narrow(1, label, 1);
    const at::Tensor its_rest = rest.narrow(1, label, 1);
    const at::Tensor part = products.square_root(own / (own + its_rest));
    const at::Tensor share = (part / products.square_root(its_rest)).masked_fill_(its_rest.le(0), 0);
    at::Tensor column = at::zeros_like(probabilities);
    column.narrow(1, label, 1).copy_(share * its_rest);
    const int64_t later = classes - label - 1;
    column.narrow(1, label + 1, later).copy_((probabilities.narrow(1, label + 1, later) * share).neg_());
    take(column);
  }
}

}  // namespace

at::Tensor ImportanceProducts::linear(const at::Tensor& inputs, const at::Tensor& weight,
                                      const at::Tensor& bias) const {
  return at::linear(inputs, weight, bias);
}

at::Tensor ImportanceProducts::softmax(const at::Tensor& logits) const { return logits.softmax(1); }

at::Tensor ImportanceProducts::square_root(const at::Tensor& values) const { return values.sqrt(); }

void ImportanceProducts::add(const at::Tensor& returned, const at::Tensor& inputs, double scale, at::Tensor& weight,
                             at::Tensor& bias) const {
  weight.addmm_(returned.t(), inputs, 1, scale);
  bias.add_(returned.sum(0), scale);
}

at::Tensor ImportanceProducts::back(const at::Tensor& output, const at::Tensor& weight) const {
  return at::mm(output, weight);
}

void ImportanceProducts::mask_and_square(at::Tensor& output, const at::Tensor& units, at::Tensor& squares) const {
  output.mul_(units.gt(0));
  squares.addcmul_(output, output);
}

void add_importance(const Mlp& model, const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                    at::Tensor& importance, Observer& observer, const ImportanceProducts& products) {
  const c10::NoGradGuard no_grad;
  const bool of_outputs = options.kind == ImportanceKind::kOutputs;
  Passes passes(model.parameters().views(values), batch.inputs, products, of_outputs);
  if (of_outputs) {
    passes.add(only_classes(passes.logits(), batch.classes) * 2);
  } else {
    const at::Tensor probabilities = products.softmax(masked_logits(passes.logits(), batch.classes));
    if (options.kind == ImportanceKind::kExact) {
      each_factor(probabilities, products, observer, [&](const at::Tensor& column) { passes.add(column); });
    } else {
      const at::Tensor output = probabilities.clone();
      const at::Tensor minus_one = at::full({batch.labels.size(0), 1}, -1, probabilities.options());
      passes.add(output.scatter_add_(1, batch.labels.unsqueeze(1), minus_one));
    }
  }
  std::vector<at::Tensor> importances = model.parameters().views(importance);
  passes.add_products(options.scale, importances);
}

}  // namespace cl_torch
