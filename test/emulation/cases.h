#pragma once

// Small trainings, by what they are of.

#include <ATen/ATen.h>

#include <cstring>
#include <optional>
#include <vector>

#include "engine/options.h"
#include "methods/objective.h"
#include "nn/mlp.h"
#include "optim/optimizer.h"

namespace emulation {

using namespace cl_torch;

inline const OptimizerOptions kArticle{OptimizerKind::kAdamW, 1e-3, 1e-4, 0.9, 0.999, 1e-8};
inline const OptimizerOptions kAdam{OptimizerKind::kAdam, 1e-3, 1e-2, 0.9, 0.999, 1e-8};
inline const OptimizerOptions kSgd{OptimizerKind::kSgd, 0.05, 1e-2};
inline const OptimizerOptions kSgdNoDecay{OptimizerKind::kSgd, 0.05, 0};
inline const OptimizerOptions kMomentum{OptimizerKind::kSgd, 0.02, 1e-2, 0, 0, 0, 0.9};
inline const OptimizerOptions kNesterov{OptimizerKind::kSgd, 0.02, 1e-2, 0, 0, 0, 0.9, true};

struct Case {
  const char* name;
  std::vector<int64_t> widths;
  int64_t rows;
  int64_t batch;
  const char* penalty = "none";  // or "global", "per-tensor"
  int64_t rehearsal = 0;
  Precision precision = Precision::kFp32;
  bool has_bias_relu = true;
  bool numbers = false;  // float32 inputs
  OptimizerOptions optimizer = kArticle;
  // Which examples the training sees, and how: "picks": rows of the data set in an order of their own, of which some
  // inputs are zero, others come twice; "values": the same, and a byte is what tables say; "classes": of some classes,
  // whose losses and predictions go over those alone, and of the memory's over others.
  const char* examples = "all";
  // What its objective has beside the losses and the penalty, each named (Terms).
  const char* terms = "";

  bool shows(const char* these) const { return std::strcmp(examples, these) == 0; }
};

// The case with other examples.
inline Case showing(const char* examples, Case of) {
  of.examples = examples;
  return of;
}

// The case with terms.
inline Case having(const char* terms, Case of) {
  of.terms = terms;
  return of;
}

// Terms of an objective, at most one of each kind but the points, and the vectors that they need, all of them made
// without chance.
struct Terms {
  Terms(const Case& of, const Mlp& model) : parameters(model.parameters()) {
    const auto has = [&](const char* name) { return std::strstr(of.terms, name) != nullptr; };
    const at::Tensor& values = parameters.values();
    if (has("point")) add(vector(0.9) * values, {}, {}, 0.02);
    if (has("importances")) add(values.clone(), importance(1), {}, 0.03);
    if (has("importances")) add(0.8 * values, importance(2), {}, 0.01);
    if (has("nothing")) add(0.5 * values, importance(1), {}, 0);
    if (has("weighted direction")) add(0.9 * values, importance(3), values + 0.01, 0.05);
    if (has("mask")) mask = importance(5).gt(0.4).to(at::kFloat);
    if (has("all ones")) mask = at::ones_like(values);
    if (has("hidden")) hiding = mask;
    if (has("path")) path = at::zeros_like(values);
    if (has("score")) score = PathScore{at::zeros_like(values), at::zeros_like(values), 3, 0.7, 1e-3};
    if (has("targets")) batch = batch_loss(has("soft"), has("ranges"));
    path_gradient = has("total") ? PathGradient::kTotal : PathGradient::kTask;
  }

  // Adds to what an objective has.
  void join(Objective& objective) const {
    objective.quadratics = quadratics;
    objective.mask = mask;
    objective.hiding = hiding;
    objective.path = path;
    objective.path_gradient = path_gradient;
    objective.score = score ? &*score : nullptr;
    objective.batch = batch ? &*batch : nullptr;
  }

  // What a training leaves in them.
  at::Tensor traces() const {
    if (!path.defined()) return at::ones({1});
    return score ? at::cat({path, score->score, score->curvature}) : path;
  }

  // Positive numbers that differ from element to element; 0 between two tensors.
  at::Tensor importance(double step) const {
    return at::arange(parameters.values().size(0), at::kFloat).mul(step).sin().square() * is_parameter();
  }

 private:
  at::Tensor vector(double value) const { return at::full_like(parameters.values(), value); }

  // Of nine stored outputs, with weights and shares of their own.
  static BatchLoss batch_loss(bool soft, bool ranges) {
    using Range = std::optional<ClassRange>;
    BatchLoss loss;
    loss.cross_entropy = 0.75;
    const auto add = [&](double weight, const Range& classes, double temperature, const Range& known) {
      const TargetKind kind = soft ? TargetKind::kSoft : TargetKind::kSquared;
      const bool is_ranged = classes.has_value();
      loss.targets.push_back({kind, weight, classes, is_ranged, temperature, is_ranged, known});
    };
    if (soft && !ranges) add(1, {}, 1.5, {});
    if (soft && ranges) add(0.6, ClassRange{0, 4}, 2, {});
    if (soft && ranges) add(0.3, ClassRange{4, 9}, 3, ClassRange{5, 8});
    if (!soft) add(0.5, {}, 1, {});
    if (!soft) add(0.1, ClassRange{2, 5}, 1, {});
    return loss;
  }

  at::Tensor is_parameter() const {
    at::Tensor result = at::zeros_like(parameters.values());
    for (at::Tensor& part : parameters.views(result)) part.fill_(1);
    return result;
  }

  void add(const at::Tensor& anchor, const at::Tensor& its_importance, const at::Tensor& direction, double strength) {
    std::vector<Range> parts;
    for (const Segment& segment : parameters.segments()) parts.push_back({segment.offset, segment.count});
    const at::Tensor its_direction = direction.defined() ? direction * is_parameter() : direction;
    quadratics.emplace_back(parameters, QuadraticPenalty::Vectors{anchor, its_importance, its_direction},
                            Sphere(parts, 1, Arithmetic::libtorch()), strength, PenaltyGradient::kClosedForm);
  }

  const ParameterVector& parameters;
  std::vector<QuadraticPenalty> quadratics;
  at::Tensor mask;
  at::Tensor hiding;
  at::Tensor path;
  PathGradient path_gradient;
  std::optional<PathScore> score;
  std::optional<BatchLoss> batch;
};

}  // namespace emulation
