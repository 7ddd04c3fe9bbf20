#pragma once

#include "engine/engine.h"
#include "nn/mlp.h"

namespace cl_torch {

// The products and sums that the importance of an MLP takes, by LibTorch.
class ImportanceProducts {
 public:
  virtual ~ImportanceProducts() = default;
  virtual at::Tensor linear(const at::Tensor& inputs, const at::Tensor& weight, const at::Tensor& bias) const;
  virtual at::Tensor softmax(const at::Tensor& logits) const;
  virtual at::Tensor square_root(const at::Tensor& values) const;

  // weight += scale returnedᵀ inputs, bias += scale · the columns' sums of returned: [rows, units] and [rows, inputs].
  virtual void add(const at::Tensor& returned, const at::Tensor& inputs, double scale, at::Tensor& weight,
                   at::Tensor& bias) const;

  // output weight: what comes back to a layer's inputs.
  virtual at::Tensor back(const at::Tensor& output, const at::Tensor& weight) const;

  // output <- output where the unit is on, else 0; squares += output². All [rows, units].
  virtual void mask_and_square(at::Tensor& output, const at::Tensor& units, at::Tensor& squares) const;
};

// Engine::add_importance for an MLP: the square of a row's gradient by a weight is the product of two squares, that of
// what comes back to its unit and that of what goes through it. So a batch's sum is one GEMM a layer, whatever the
// number of labels, since the squares that come back for each add up first. The same holds for absolute values.
//
// Of all labels by their probabilities p, the sum over the labels c of p_c (p - 1_c)(p - 1_c)ᵀ is diag(p) - p pᵀ, whose
// rank is one less than the number of labels. Its columns by Cholesky are taken back in the place of the labels' own
// gradients: one fewer, with the same sum of squares (Tanabe and Sagae, 1992).
void add_importance(const Mlp& model, const at::Tensor& values, const Batch& batch, const ImportanceOptions& options,
                    at::Tensor& importance, Observer& observer,
                    const ImportanceProducts& products = ImportanceProducts());

}  // namespace cl_torch
