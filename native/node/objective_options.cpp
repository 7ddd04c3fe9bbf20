#include "node/objective_options.h"

#include "node/convert.h"

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

const char* use_word(DrawUse use) {
  switch (use) {
    case DrawUse::kReference:
      return "reference";
    case DrawUse::kTaskReferences:
      return "task-references";
    case DrawUse::kLoss:
      break;
  }
  return "loss";
}

const char* kind_word(TargetKind kind) {
  switch (kind) {
    case TargetKind::kSoft:
      return "soft";
    case TargetKind::kBinary:
      return "binary";
    case TargetKind::kSquared:
      break;
  }
  return "squared";
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

Napi::Value to_object(Napi::Env env, const PathScoreSettings& score) {
  auto object = Napi::Object::New(env);
  object["vector"] = score.vector;
  object["curvature"] = score.curvature;
  object["steps"] = static_cast<double>(score.steps);
  object["decay"] = score.decay;
  object["damping"] = score.damping;
  return object;
}

Napi::Value to_value(Napi::Env env, const std::optional<PathSettings>& path) {
  if (!path) return env.Null();
  auto object = Napi::Object::New(env);
  object["vector"] = path->vector;
  object["gradient"] = path->gradient == PathGradient::kTask ? "task" : "total";
  object["score"] = path->score ? to_object(env, *path->score) : env.Null();
  return object;
}

Napi::Value to_value(Napi::Env env, const std::optional<GateSettings>& gates) {
  if (!gates) return env.Null();
  auto object = Napi::Object::New(env);
  object["embedding"] = gates->embedding;
  object["used"] = gates->used;
  object["steepness"] = gates->steepness;
  object["capacity"] = gates->capacity;
  object["rate"] = gates->rate;
  return object;
}

Napi::Value to_value(Napi::Env env, const std::optional<ClassRange>& range) {
  if (!range) return env.Null();
  auto object = Napi::Object::New(env);
  object["begin"] = static_cast<double>(range->begin);
  object["end"] = static_cast<double>(range->end);
  return object;
}

void write_loss(Napi::Env env, Napi::Object& object, const BatchLoss& loss) {
  auto targets = Napi::Array::New(env, loss.targets.size());
  for (uint32_t i = 0; i < targets.Length(); ++i) {
    const TargetLoss& term = loss.targets[i];
    auto target = Napi::Object::New(env);
    target["kind"] = kind_word(term.kind);
    target["weight"] = term.weight;
    target["classes"] = to_value(env, term.classes);
    target["reduction"] = term.sums ? "sum" : "mean";
    target["temperature"] = term.temperature;
    target["scaled"] = Napi::Boolean::New(env, term.scaled);
    target["known"] = to_value(env, term.known);
    targets[i] = target;
  }
  object["crossEntropy"] = loss.cross_entropy;
  object["classes"] = loss.present_only ? "present" : "all";
  object["binary"] = to_value(env, loss.binary);
  object["targets"] = targets;
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
  PathSettings settings{path.text("vector"),
                        path.one_of("gradient", {"task", "total"}) == 0 ? PathGradient::kTask : PathGradient::kTotal};
  if (path.is_null("score")) return settings;
  const Options score = path.object("score");
  settings.score = {score.text("vector"), score.text("curvature"), score.integer("steps", 1, kLargestBatch),
                    score.number_from("decay", 0, 1), score.number_above("damping", 0)};
  return settings;
}

std::optional<std::string> mask_setting(const Options& options) {
  if (options.is_null("mask")) return std::nullopt;
  return options.text("mask");
}

std::optional<GateSettings> gate_settings(const Options& options) {
  if (options.is_null("gates")) return std::nullopt;
  const Options gates = options.object("gates");
  return GateSettings{gates.text("embedding"), gates.text("used"), gates.number_above("steepness", 0),
                      gates.number_from("capacity", 0), gates.number_from("rate", 0)};
}

ClassRange class_range(const Options& options) {
  const int64_t begin = options.integer("begin", 0, kWidestLayer - 1);
  return {begin, options.integer("end", begin + 1, kWidestLayer)};
}

std::optional<ClassRange> range_or_none(const Options& options, const char* key) {
  if (options.is_null(key)) return std::nullopt;
  return class_range(options.object(key));
}

BatchLoss batch_loss(const Options& options) {
  constexpr TargetKind kinds[] = {TargetKind::kSquared, TargetKind::kSoft, TargetKind::kBinary};
  BatchLoss loss;
  loss.cross_entropy = options.number_from("crossEntropy", 0);
  loss.present_only = options.one_of("classes", {"all", "present"}) == 1;
  loss.binary = range_or_none(options, "binary");
  for (const Options& target : options.objects("targets")) {
    TargetLoss term;
    term.kind = kinds[target.one_of("kind", {"squared", "soft", "binary"})];
    term.weight = target.number_from("weight", 0);
    term.classes = range_or_none(target, "classes");
    term.sums = target.one_of("reduction", {"mean", "sum"}) == 1;
    term.temperature = target.number_above("temperature", 0);
    term.scaled = target.boolean("scaled");
    term.known = range_or_none(target, "known");
    loss.targets.push_back(term);
  }
  return loss;
}

std::vector<MemoryDraw> memory_draws(const Options& options) {
  std::vector<MemoryDraw> draws;
  for (const Options& draw : options.objects("draws")) {
    constexpr DrawUse uses[] = {DrawUse::kLoss, DrawUse::kReference, DrawUse::kTaskReferences};
    draws.push_back({draw.integer("examples", 1, kLargestBatch), draw.integer("candidates", 0, kLargestBatch),
                     batch_loss(draw), uses[draw.one_of("use", {"loss", "reference", "task-references"})],
                     draw.number_from("margin", 0)});
  }
  return draws;
}

std::vector<ObjectivePart> objective_parts(const Options& options) {
  constexpr ObjectivePart parts[] = {ObjectivePart::kPenalties, ObjectivePart::kDirections, ObjectivePart::kPath,
                                     ObjectivePart::kMask,      ObjectivePart::kTargets,    ObjectivePart::kDraws,
                                     ObjectivePart::kBinary,    ObjectivePart::kPresent,    ObjectivePart::kGates};
  std::vector<ObjectivePart> result;
  for (const size_t part : options.each_one_of("objective", {"penalties", "directions", "path", "mask", "targets",
                                                             "draws", "binary", "present", "gates"})) {
    result.push_back(parts[part]);
  }
  return result;
}

ObjectiveSettings objective_settings(const Options& options) {
  return {penalty_settings(options),
          path_settings(options),
          mask_setting(options),
          options.boolean("maskHides"),
          batch_loss(options.object("batchLoss")),
          memory_draws(options),
          options.texts("frozen"),
          gate_settings(options)};
}

void write_objective(Napi::Env env, Napi::Object& object, const ObjectiveSettings& objective) {
  auto penalties = Napi::Array::New(env, objective.penalties.size());
  for (uint32_t i = 0; i < penalties.Length(); ++i) penalties[i] = to_object(env, objective.penalties[i]);
  object["penalties"] = penalties;
  object["path"] = to_value(env, objective.path);
  auto batch = Napi::Object::New(env);
  write_loss(env, batch, objective.batch);
  object["batchLoss"] = batch;
  auto draws = Napi::Array::New(env, objective.draws.size());
  for (uint32_t i = 0; i < draws.Length(); ++i) {
    const MemoryDraw& draw = objective.draws[i];
    auto entry = Napi::Object::New(env);
    entry["examples"] = static_cast<double>(draw.examples);
    entry["candidates"] = static_cast<double>(draw.candidates);
    write_loss(env, entry, draw.loss);
    entry["use"] = use_word(draw.use);
    entry["margin"] = draw.margin;
    draws[i] = entry;
  }
  object["draws"] = draws;
  auto frozen = Napi::Array::New(env, objective.frozen.size());
  for (uint32_t i = 0; i < frozen.Length(); ++i) frozen[i] = objective.frozen[i];
  object["frozen"] = frozen;
  object["mask"] = objective.mask ? Napi::String::New(env, *objective.mask) : env.Null();
  object["maskHides"] = Napi::Boolean::New(env, objective.mask_hides);
  object["gates"] = to_value(env, objective.gates);
}

}  // namespace cl_torch::node
