#pragma once

#include "data/epoch_plan.h"
#include "methods/objective.h"

namespace cl_torch {

// The mean cross-entropy over the classes that each row's loss goes over, as a graph.
at::Tensor mean_cross_entropy(const at::Tensor& logits, const Batch& batch);

// So many rows of all, as a weight.
inline double share_of(int64_t rows, int64_t all) { return static_cast<double>(rows) / static_cast<double>(all); }

// The term times the weight; one of 1 adds no operation.
at::Tensor weighted(const at::Tensor& term, double weight);

// Neighbouring rows of a batch; of all of them, the batch itself.
Batch rows_of(const Batch& batch, int64_t begin, int64_t count);

// What the loss of a batch is taken of, whole or some rows at a time.
class LossRows {
 public:
  // The first `own` of the examples have targets, where the loss has any.
  LossRows(Batch batch, const Examples& examples, int64_t own, const BatchLoss& loss);

  int64_t count() const { return batch_.labels.size(0); }
  const Batch& batch() const { return batch_; }
  // The share that the rows from `begin` on, as many as `logits` has, have of the whole batch's loss, as a graph. The
  // shares add up to that loss. Undefined where they have none.
  at::Tensor share(const at::Tensor& logits, int64_t begin) const;

 private:
  Batch batch_;
  const BatchLoss& loss_;
  at::Tensor targets_;  // [own, classes]; undefined: the loss has none
  at::Tensor present_;  // the classes among all labels, where the loss goes over those only,
  at::Tensor places_;   // and each label's among them
};

}  // namespace cl_torch
