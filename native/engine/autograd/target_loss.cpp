#include "engine/autograd/target_loss.h"

#include <ATen/ATen.h>

namespace cl_torch {
namespace {

at::Tensor among(const at::Tensor& rows, const ClassRange& range) {
  return rows.narrow(1, range.begin, range.end - range.begin);
}

}  // namespace

at::Tensor target_loss(const at::Tensor& logits, const at::Tensor& targets, const TargetLoss& term) {
  const ClassRange range = term.classes.value_or(ClassRange{0, targets.size(1)});
  const at::Tensor outputs = among(logits, range);
  if (term.kind == TargetKind::kSquared) {
    const at::Tensor stored = among(targets, range);
    if (!term.sums) return at::mse_loss(outputs, stored);
    return at::mse_loss(outputs, stored, at::Reduction::Sum) / logits.size(0);
  }
  const ClassRange known = term.known.value_or(range);
  const at::Tensor logarithms = (outputs / term.temperature).log_softmax(1);
  const at::Tensor probabilities = (among(targets, known) / term.temperature).softmax(1);
  const at::Tensor shared = among(logarithms, {known.begin - range.begin, known.end - range.begin});
  const at::Tensor loss = -(probabilities * shared).sum(1).mean();
  return term.scaled ? loss * (term.temperature * term.temperature) : loss;
}

}  // namespace cl_torch
