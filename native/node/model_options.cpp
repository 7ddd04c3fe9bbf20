#include "node/model_options.h"

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
    const auto* values = std::get_if<std::vector<int64_t>>(&setting);
    object[name] = values ? Napi::Value(list(*values)) : number(std::get<int64_t>(setting));
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

OptimizerOptions optimizer_options(const Options& options) {
  OptimizerOptions result;
  result.learning_rate = options.number("learningRate");
  result.weight_decay = options.number("weightDecay");
  result.beta1 = options.number("beta1");
  result.beta2 = options.number("beta2");
  result.epsilon = options.number("epsilon");
  return result;
}

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

const char* word_of(EngineKind kind) { return kind == EngineKind::kAutograd ? "autograd" : "fused"; }

const char* word_of(PenaltyGradient gradient) {
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
