#include "methods/gradient_rule.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "methods/bounded_quadratic.h"

namespace cl_torch {
namespace {

// The lengths and products of references of length 1, and of the gradient with each of them.
struct Products {
  std::vector<double> lengths;
  std::vector<double> with_each_other;  // row by row
  std::vector<double> with_gradient;
};

Products products_of(const at::Tensor& gradient, std::span<const at::Tensor> references, const Arithmetic& arithmetic) {
  Products products;
  for (const at::Tensor& reference : references) products.lengths.push_back(arithmetic.wide_norm(reference));
  for (size_t i = 0; i < references.size(); ++i) {
    products.with_gradient.push_back(arithmetic.wide_dot(references[i], gradient) / products.lengths[i]);
    for (size_t j = 0; j < references.size(); ++j) {
      const double scale = products.lengths[i] * products.lengths[j];
      products.with_each_other.push_back(j < i ? products.with_each_other[j * references.size() + i]
                                               : arithmetic.wide_dot(references[i], references[j]) / scale);
    }
  }
  return products;
}

}  // namespace

void keep_from_opposing(at::Tensor& gradient, std::span<const at::Tensor> references, double margin,
                        const Arithmetic& arithmetic) {
  const bool opposes = std::any_of(references.begin(), references.end(), [&](const at::Tensor& reference) {
    return arithmetic.dot(reference, gradient).item<double>() < 0;
  });
  if (!opposes) return;
  if (references.size() == 1 && margin == 0) {
    arithmetic.project(references.front(), gradient, 0);
    return;
  }
  std::vector<at::Tensor> present;  // one of length 0 asks for nothing
  for (const at::Tensor& reference : references) {
    if (arithmetic.wide_norm(reference) > 0) present.push_back(reference);
  }
  const Products products = products_of(gradient, present, arithmetic);
  std::vector<double> least;
  for (const double length : products.lengths) least.push_back(margin * length);
  const std::vector<double> shares = minimise(products.with_each_other, products.with_gradient, least);
  for (size_t i = 0; i < present.size(); ++i) {
    if (shares[i] != 0) arithmetic.add(gradient, present[i], shares[i] / products.lengths[i]);
  }
}

}  // namespace cl_torch
