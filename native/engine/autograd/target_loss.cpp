#include "engine/autograd/target_loss.h"

#include <ATen/ATen.h>

namespace cl_torch {
namespace {

at::Tensor among(const at::Tensor& rows, const ClassRange& range) {
  return rows.narrow(1, range.begin, range.end - range.begin);
}

// Of sigmoids; the sum over the classes or their mean, and the mean over the rows.
at::Tensor binary_loss(const at::Tensor& outputs, const at::Tensor& probabilities, bool sums) {
  const auto reduction = sums ? at::Reduction::Sum : at::Reduction::Mean;
  const at::Tensor loss = at::binary_cross_entropy_with_logits(outputs, probabilities, {}, {}, reduction);
  return sums ? loss / outputs.size(0) : loss;
}

}  // namespace

at::Tensor binary_cross_entropy(const at::Tensor& logits, const at::Tensor& labels, const ClassRange& range) {
  const at::Tensor classes = at::arange(range.begin, range.end, labels.options());
  const at::Tensor is_label = labels.unsqueeze(1).eq(classes).to(logits.scalar_type());
  return binary_loss(among(logits, range), is_label, true);
}

at::Tensor target_loss(const at::Tensor& logits, const at::Tensor& targets, const TargetLoss& term) {
  const ClassRange range = term.classes.value_or(ClassRange{0, targets.size(1)});
  const at::Tensor outputs = among(logits, range);
  if (term.kind == TargetKind::kSquared) {
    const at::Tensor stored = among(targets, range);
    if (!term.sums) return at::mse_loss(outputs, stored);
    return at::mse_loss(outputs, stored, at::Reduction::Sum) / logits.size(0);
  }
  if (term.kind == TargetKind::kBinary) {
    return binary_loss(outputs, (among(targets, range) / term.temperature).sigmoid(), term.sums);
  }
  const ClassRange known = term.known.value_or(range);
  const at::Tensor logarithms = (outputs / term.temperature).log_softmax(1);
  const at::Tensor probabilities = (among(targets, known) / term.temperature).softmax(1);
  const at::Tensor shared = among(logarithms, {known.begin - range.begin, known.end - range.begin});
  const at::Tensor loss = -(probabilities * shared).sum(1).mean();
  return term.scaled ? loss * (term.temperature * term.temperature) : loss;
}

}  // namespace cl_torch
