#include "node/model_options.h"

#include <algorithm>
#include <functional>

#include "node/convert.h"

namespace cl_torch::node {

NetworkSpec network_spec(const Options& options) {
  const Options network = options.object("network");
  NetworkSpec spec{network.text("kind"),
                   network.integers("input", 1, kWidestLayer, 1),
                   network.integer("classes", 1, kWidestLayer),
                   {}};
  for (const std::string& name : network.names()) {
    const char* key = name.c_str();
    if (name == "kind" || name == "input" || name == "classes" || !network.has(key)) continue;
    if (network.is_array(key)) {
      spec.settings.emplace(name, network.integers(key, 1, kWidestLayer));
    } else if (network.is_text(key)) {
      spec.settings.emplace(name, network.text(key));
    } else if (network.is_share(key)) {
      spec.settings.emplace(name, network.number(key));
    } else {
      spec.settings.emplace(name, network.integer(key, 1, kWidestLayer));
    }
  }
  return spec;
}

Napi::Object network_object(Napi::Env env, const NetworkSpec& spec) {
  const auto number = [&](int64_t value) -> Napi::Value { return Napi::Number::New(env, static_cast<double>(value)); };
  const auto list = [&](const std::vector<int64_t>& values) {
    auto array = Napi::Array::New(env, values.size());
    for (uint32_t i = 0; i < values.size(); ++i) array[i] = number(values[i]);
    return array;
  };
  auto object = Napi::Object::New(env);
  object["kind"] = spec.kind;
  object["input"] = list(spec.input);
  object["classes"] = number(spec.classes);
  for (const auto& [name, setting] : spec.settings) {
    if (const auto* values = std::get_if<std::vector<int64_t>>(&setting)) {
      object[name] = list(*values);
    } else if (const auto* word = std::get_if<std::string>(&setting)) {
      object[name] = *word;
    } else if (const auto* share = std::get_if<double>(&setting)) {
      object[name] = *share;
    } else {
      object[name] = number(std::get<int64_t>(setting));
    }
  }
  return object;
}

Precision precision_option(const Options& options) {
  constexpr Precision precisions[] = {Precision::kFp32, Precision::kTf32, Precision::kBf16};
  return precisions[options.one_of("precision", {"fp32", "tf32", "bf16"})];
}

EngineOptions engine_options(const Options& options) {
  constexpr EngineKind kinds[] = {EngineKind::kAutograd, EngineKind::kFused};
  return {kinds[options.one_of("engine", {"autograd", "fused"})], precision_option(options)};
}

static ScheduleOptions schedule_options(const Options& options) {
  constexpr ScheduleKind kinds[] = {ScheduleKind::kConstant, ScheduleKind::kSteps, ScheduleKind::kCosine,
                                    ScheduleKind::kRestarts};
  ScheduleOptions schedule;
  schedule.kind = kinds[options.one_of("schedule", {"constant", "steps", "cosine", "restarts"})];
  schedule.milestones = options.integers("milestones", 1, kMostEpochs);
  if (std::adjacent_find(schedule.milestones.begin(), schedule.milestones.end(), std::greater_equal<>()) !=
      schedule.milestones.end()) {
    options.reject("milestones", "increasing integers");
  }
  schedule.gamma = options.number("gamma");
  schedule.restart_epochs = options.integer("restartEpochs", 1, kMostEpochs);
  schedule.restart_factor = options.integer("restartFactor", 1, kMostEpochs);
  schedule.min_learning_rate = options.number("minLearningRate");
  schedule.warm_up_epochs = options.integer("warmUpEpochs", 0, kMostEpochs);
  schedule.warm_up_factor = options.number("warmUpFactor");
  return schedule;
}

OptimizerOptions optimizer_options(const Options& options) {
  constexpr OptimizerKind kinds[] = {OptimizerKind::kAdamW, OptimizerKind::kAdam, OptimizerKind::kSgd};
  OptimizerOptions optimizer;
  optimizer.kind = kinds[options.one_of("optimizer", {"adamw", "adam", "sgd"})];
  optimizer.learning_rate = options.number("learningRate");
  optimizer.weight_decay = options.number("weightDecay");
  optimizer.beta1 = options.number("beta1");
  optimizer.beta2 = options.number("beta2");
  optimizer.epsilon = options.number("epsilon");
  optimizer.momentum = options.number_from("momentum", 0);
  optimizer.nesterov = options.one_of("nesterov", {"off", "on"}) == 1;
  if (optimizer.nesterov && optimizer.momentum == 0) options.reject("nesterov", "'off' where 'momentum' is 0");
  optimizer.clip_gradient = options.number_from("clipGradient", 0);
  optimizer.schedule = schedule_options(options);
  return optimizer;
}

const char* word_of(EngineKind kind) { return kind == EngineKind::kAutograd ? "autograd" : "fused"; }

Napi::Object optimizer_object(Napi::Env env, const OptimizerOptions& options) {
  const ScheduleOptions& schedule = options.schedule;
  auto milestones = Napi::Array::New(env, schedule.milestones.size());
  for (uint32_t i = 0; i < milestones.Length(); ++i) milestones[i] = static_cast<double>(schedule.milestones[i]);
  auto object = Napi::Object::New(env);
  object["optimizer"] = word_of(options.kind);
  object["learningRate"] = options.learning_rate;
  object["weightDecay"] = options.weight_decay;
  object["beta1"] = options.beta1;
  object["beta2"] = options.beta2;
  object["epsilon"] = options.epsilon;
  object["momentum"] = options.momentum;
  object["nesterov"] = options.nesterov ? "on" : "off";
  object["clipGradient"] = options.clip_gradient;
  object["schedule"] = word_of(schedule.kind);
  object["milestones"] = milestones;
  object["gamma"] = schedule.gamma;
  object["restartEpochs"] = static_cast<double>(schedule.restart_epochs);
  object["restartFactor"] = static_cast<double>(schedule.restart_factor);
  object["minLearningRate"] = schedule.min_learning_rate;
  object["warmUpEpochs"] = static_cast<double>(schedule.warm_up_epochs);
  object["warmUpFactor"] = schedule.warm_up_factor;
  return object;
}

const char* word_of(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::kAdam:
      return "adam";
    case OptimizerKind::kSgd:
      return "sgd";
    case OptimizerKind::kAdamW:
      break;
  }
  return "adamw";
}

const char* word_of(ScheduleKind kind) {
  switch (kind) {
    case ScheduleKind::kSteps:
      return "steps";
    case ScheduleKind::kCosine:
      return "cosine";
    case ScheduleKind::kRestarts:
      return "restarts";
    case ScheduleKind::kConstant:
      break;
  }
  return "constant";
}

const char* word_of(Precision precision) {
  switch (precision) {
    case Precision::kTf32:
      return "tf32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kFp32:
      break;
  }
  return "fp32";
}

}  // namespace cl_torch::node
