// Session's calls on named vectors: arithmetic on all parameters at once, without copies to the caller.
#include "session/vectors.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cctype>

#include "base/named_tensors.h"
#include "session/state.h"

namespace cl_torch {
namespace {

constexpr size_t kLongestName = 64;

// One factor a tensor, or one for all.
void require_factors(const std::vector<double>& factors, const TensorVector& layout) {
  if (factors.size() == 1 || factors.size() == layout.segments().size()) return;
  reject("A factor is one number, or one for each of the " + std::to_string(layout.segments().size()) +
         " tensors; found " + std::to_string(factors.size()) + ".");
}

double factor_of(const std::vector<double>& factors, size_t tensor) {
  return factors.size() == 1 ? factors.front() : factors[tensor];
}

// A sum over all elements, or over each tensor's, in double precision.
template <typename Sum>
std::vector<double> sums(const TensorVector& layout, bool per_tensor, Sum&& sum) {
  std::vector<double> result;
  for (const Range& part : parts_of(layout, per_tensor)) result.push_back(sum(part));
  return result;
}

}  // namespace

void require_vector_name(const std::string& name) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  const bool right = !name.empty() && name.size() <= kLongestName &&
                     std::isalpha(static_cast<unsigned char>(name[0])) &&
                     std::all_of(name.begin(), name.end(), allowed);
  if (name == kParameters) reject("The 'parameters' are the network's own; no other vector can be called so.");
  if (right) return;
  reject("A vector's name is a letter and up to " + std::to_string(kLongestName - 1) +
         " more letters, digits, - or _; found '" + name + "'.");
}

Vectors grown_vectors(const Vectors& vectors, const Network& network, const Network& grown) {
  Vectors result;
  for (const auto& [name, vector] : vectors) {
    if (vector.growth == Growth::kEnds) continue;
    const at::Tensor& parameters = grown.parameters().values();
    const at::Tensor values = vector.growth == Growth::kNewRows ? parameters.clone() : at::zeros_like(parameters);
    if (vector.growth == Growth::kOnes) {
      for (at::Tensor& view : grown.parameters().views(values)) view.fill_(1);
    }
    carry_over(network.parameters(), vector.values, grown.parameters(), values);
    result.emplace(name, Vector{values, vector.growth});
  }
  return result;
}

std::vector<std::string> vectors_of(const PenaltySettings& penalty) {
  std::vector<std::string> names = {penalty.anchor};
  if (penalty.importance) names.push_back(*penalty.importance);
  if (penalty.direction) names.push_back(*penalty.direction);
  return names;
}

std::vector<std::string> vectors_of(const ObjectiveSettings& objective) {
  std::vector<std::string> names;
  for (const PenaltySettings& penalty : objective.penalties) {
    for (const std::string& name : vectors_of(penalty)) names.push_back(name);
  }
  if (objective.path) {
    for (const std::string& name : objective.path->vectors()) names.push_back(name);
  }
  if (objective.mask) names.push_back(*objective.mask);
  if (objective.gates) names.insert(names.end(), {objective.gates->embedding, objective.gates->used});
  return names;
}

void require_vectors(const ObjectiveSettings& objective, const Vectors& vectors) {
  const auto require = [&](const std::string& use, const std::string& name) {
    if (!vectors.contains(name)) reject(use + " the vector '" + name + "', which the session does not have.");
  };
  for (const PenaltySettings& penalty : objective.penalties) {
    for (const std::string& name : vectors_of(penalty)) require("The penalty measures by", name);
  }
  if (objective.path) {
    for (const std::string& name : objective.path->vectors()) require("The path is", name);
  }
  if (objective.mask) require("The mask is", *objective.mask);
  if (!objective.gates) return;
  require("The gates have", objective.gates->embedding);
  require("The gates have", objective.gates->used);
  if (parts_of(objective) == std::vector{ObjectivePart::kGates} && objective.penalties.empty()) return;
  reject(
      "Gates of hidden units stand beside the cross-entropy of the batches alone: there can be no penalty, path, mask, "
      "frozen parameter, other loss or draw.");
}

std::vector<std::string> Session::vector_names() const {
  std::vector<std::string> names;
  for (const auto& [name, vector] : state_->vectors) names.push_back(name);
  return names;
}

std::vector<NamedTensor> Session::vector(const std::string& name) const {
  const Network& network = state_->require_network();
  return named(network.parameters(), state_->values_of(name));
}

void Session::set_vector(const std::string& name, const std::vector<std::vector<float>>& values) {
  const at::Tensor vector = from_lists(state_->require_network().parameters(), values);
  state_->target(name).copy_(vector);
}

void Session::fill_vector(const std::string& name, double value) {
  const ParameterVector& parameters = state_->require_network().parameters();
  for (at::Tensor& view : parameters.views(state_->target(name))) view.fill_(value);
}

void Session::copy_vector(const std::string& source, const std::string& target) {
  const at::Tensor values = state_->values_of(source);
  const auto found = state_->vectors.find(source);
  state_->target(target).copy_(values);
  if (target == kParameters) return;
  state_->vectors.at(target).growth = found == state_->vectors.end() ? Growth::kNewRows : found->second.growth;
}

void Session::drop_vector(const std::string& name) {
  (void)state_->values_of(name);
  if (name == kParameters) reject("The parameters are the network's own and cannot be dropped.");
  const std::vector<std::string> used = vectors_of(state_->settings);
  if (std::find(used.begin(), used.end(), name) != used.end()) {
    reject("The objective uses the vector '" + name + "': take its penalty, path, mask or gates from it first.");
  }
  state_->vectors.erase(name);
}

void Session::add_vector(const std::string& target, const std::string& source, const std::vector<double>& factors) {
  const ParameterVector& parameters = state_->require_network().parameters();
  require_factors(factors, parameters);
  const auto sources = parameters.views(state_->values_of(source));
  auto targets = parameters.views(state_->changed(target));
  for (size_t i = 0; i < targets.size(); ++i) {
    state_->engine->arithmetic().add(targets[i], sources[i], factor_of(factors, i));
  }
}

void Session::scale_vector(const std::string& target, const std::vector<double>& factors) {
  const ParameterVector& parameters = state_->require_network().parameters();
  require_factors(factors, parameters);
  auto targets = parameters.views(state_->changed(target));
  for (size_t i = 0; i < targets.size(); ++i) targets[i].mul_(factor_of(factors, i));
}

void Session::multiply_vector(const std::string& target, const std::string& source) {
  const at::Tensor values = state_->values_of(source);
  state_->changed(target).mul_(values);
}

void Session::divide_vector(const std::string& target, const std::string& source) {
  const ParameterVector& parameters = state_->require_network().parameters();
  // Tensor by tensor: what lies between them is zero, and stays so.
  const auto sources = parameters.views(state_->values_of(source));
  auto targets = parameters.views(state_->changed(target));
  for (size_t i = 0; i < targets.size(); ++i) targets[i].div_(sources[i]);
}

std::vector<double> Session::dot_vectors(const std::string& left, const std::string& right, bool per_tensor) const {
  const at::Tensor one = state_->values_of(left);
  const at::Tensor other = state_->values_of(right);
  return sums(state_->network->parameters(), per_tensor, [&](const Range& part) {
    return state_->engine->arithmetic().wide_dot(part_of(one, part), part_of(other, part));
  });
}

std::vector<double> Session::norm_vector(const std::string& name, bool per_tensor) const {
  const at::Tensor values = state_->values_of(name);
  return sums(state_->network->parameters(), per_tensor,
              [&](const Range& part) { return state_->engine->arithmetic().wide_norm(part_of(values, part)); });
}

void Session::project_vector(const std::string& target, const std::string& point, bool per_tensor) {
  const at::Tensor values = state_->values_of(point);
  at::Tensor projected = state_->changed(target);
  projected.copy_(state_->sphere(per_tensor, 1).project(values, projected));
}

void Session::spread_gates(const std::string& embedding, const std::string& target, double steepness) {
  const ParameterVector& parameters = state_->require_network().parameters();
  require_unit_layers(parameters);
  const at::Tensor factors = cl_torch::spread_gates(parameters, state_->values_of(embedding), steepness);
  state_->target(target).copy_(factors);
}

void Session::retract_vector(const std::string& target, double radius, bool per_tensor) {
  at::Tensor values = state_->changed(target);
  state_->sphere(per_tensor, radius).retract_(values);
}

}  // namespace cl_torch
