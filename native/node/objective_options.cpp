#include "node/objective_options.h"

namespace cl_torch::node {
namespace {

const char* gradient_word(PenaltyGradient gradient) {
  switch (gradient) {
    case PenaltyGradient::kAutograd:
      return "autograd";
    case PenaltyGradient::kReference:
      return "reference";
    case PenaltyGradient::kClosedForm:
      break;
  }
  return "closed-form";
}

Napi::Object to_object(Napi::Env env, const PenaltySettings& penalty) {
  auto object = Napi::Object::New(env);
  object["strength"] = penalty.strength;
  object["gradient"] = gradient_word(penalty.gradient);
  object["anchor"] = penalty.anchor;
  object["importance"] = penalty.importance ? Napi::String::New(env, *penalty.importance) : env.Null();
  object["direction"] = penalty.direction ? Napi::String::New(env, *penalty.direction) : env.Null();
  object["perTensor"] = Napi::Boolean::New(env, penalty.per_tensor);
  object["radius"] = penalty.radius;
  return object;
}

Napi::Value to_value(Napi::Env env, const std::optional<PathSettings>& path) {
  if (!path) return env.Null();
  auto object = Napi::Object::New(env);
  object["vector"] = path->vector;
  object["gradient"] = path->gradient == PathGradient::kTask ? "task" : "total";
  return object;
}

}  // namespace

std::vector<PenaltySettings> penalty_settings(const Options& options) {
  constexpr PenaltyGradient gradients[] = {PenaltyGradient::kClosedForm, PenaltyGradient::kAutograd,
                                           PenaltyGradient::kReference};
  std::vector<PenaltySettings> penalties;
  for (const Options& penalty : options.objects("penalties")) {
    PenaltySettings settings;
    settings.strength = penalty.number_from("strength", 0);
    settings.gradient = gradients[penalty.one_of("gradient", {"closed-form", "autograd", "reference"})];
    settings.anchor = penalty.text("anchor");
    if (!penalty.is_null("importance")) settings.importance = penalty.text("importance");
    if (!penalty.is_null("direction")) settings.direction = penalty.text("direction");
    settings.per_tensor = penalty.boolean("perTensor");
    settings.radius = penalty.number_above("radius", 0);
    penalties.push_back(settings);
  }
  return penalties;
}

std::optional<PathSettings> path_settings(const Options& options) {
  if (options.is_null("path")) return std::nullopt;
  const Options path = options.object("path");
  return PathSettings{path.text("vector"),
                      path.one_of("gradient", {"task", "total"}) == 0 ? PathGradient::kTask : PathGradient::kTotal};
}

std::optional<std::string> mask_setting(const Options& options) {
  if (options.is_null("mask")) return std::nullopt;
  return options.text("mask");
}

ObjectiveSettings objective_settings(const Options& options) {
  return {penalty_settings(options), path_settings(options), mask_setting(options)};
}

void write_objective(Napi::Env env, Napi::Object& object, const ObjectiveSettings& objective) {
  auto penalties = Napi::Array::New(env, objective.penalties.size());
  for (uint32_t i = 0; i < penalties.Length(); ++i) penalties[i] = to_object(env, objective.penalties[i]);
  object["penalties"] = penalties;
  object["path"] = to_value(env, objective.path);
  object["mask"] = objective.mask ? Napi::String::New(env, *objective.mask) : env.Null();
}

}  // namespace cl_torch::node
