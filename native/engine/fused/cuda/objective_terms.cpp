#include "engine/fused/cuda/objective_terms.h"

#include <algorithm>

#include "engine/fused/cuda/epoch_buffers.h"

namespace cl_torch::fused {

ObjectiveTerms terms_of(const Objective& objective, int64_t steps) {
  ObjectiveTerms terms;
  if (const OffDirectionPenalty* penalty = objective.off_direction) {
    terms.vectors[ObjectiveTerms::kDirection] = penalty->unit_direction();
    terms.vectors[ObjectiveTerms::kAnchor] = penalty->anchor();
    terms.alpha = penalty->alpha();
    terms.parts = penalty->sphere().parts();
  }
  for (const QuadraticPenalty& penalty : objective.quadratics) {
    const auto& [anchor, importance, direction] = penalty.vectors();
    if (direction.defined()) {
      terms.vectors[ObjectiveTerms::kDirection] = direction;
      terms.vectors[ObjectiveTerms::kAnchor] = anchor;
      terms.vectors[ObjectiveTerms::kImportance] = importance;
      terms.alpha = penalty.strength();
      terms.parts = penalty.sphere().parts();
      continue;
    }
    const float* its_importance = importance.defined() ? importance.const_data_ptr<float>() : nullptr;
    terms.quadratics.push_back(
        {anchor.const_data_ptr<float>(), its_importance, static_cast<float>(penalty.strength())});
  }
  terms.vectors[ObjectiveTerms::kMask] = objective.mask;
  terms.vectors[ObjectiveTerms::kHiding] = objective.hiding;
  terms.vectors[ObjectiveTerms::kPath] = objective.path;
  terms.path_of_total = objective.path_gradient == PathGradient::kTotal;
  terms.score = objective.score;
  if (terms.score) terms.epoch_steps = steps;
  terms.batch = objective.batch;
  return terms;
}

std::vector<TargetTerm> target_terms(const BatchLoss& loss, int64_t target_classes) {
  std::vector<TargetTerm> result;
  for (const TargetLoss& term : loss.targets) {
    if (term.weight == 0) continue;
    const ClassRange range = term.classes.value_or(ClassRange{0, target_classes});
    const bool is_soft = term.kind == TargetKind::kSoft;
    const double square = term.temperature * term.temperature;
    const double mean = term.sums ? 1 : 1 / static_cast<double>(range.end - range.begin);
    const double share = term.weight * (is_soft ? (term.scaled ? square : 1) : mean);
    result.push_back({is_soft, static_cast<float>(1 / term.temperature), static_cast<float>(share),
                      static_cast<float>(is_soft ? share / term.temperature : share), bounds_of(range),
                      bounds_of(term.known.value_or(range))});
  }
  return result;
}

// A score's intervals belong to one model: those of a batch would not survive that one of its models leaves.
bool are_alike(const ObjectiveTerms& left, const ObjectiveTerms& right) {
  const auto both_or_none = [](const at::Tensor& a, const at::Tensor& b) { return a.defined() == b.defined(); };
  return std::equal(left.vectors.begin(), left.vectors.end(), right.vectors.begin(), both_or_none) &&
         left.alpha == right.alpha && left.parts == right.parts && left.quadratics.size() == right.quadratics.size() &&
         left.path_of_total == right.path_of_total && !left.score && !right.score && !left.batch && !right.batch;
}

}  // namespace cl_torch::fused
