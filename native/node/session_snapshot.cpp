// Session's calls that take a snapshot and go on from one, and the snapshot as a JavaScript object.
#include "session/snapshot.h"

#include "node/arguments.h"
#include "node/convert.h"
#include "node/model_options.h"
#include "node/session_object.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kLargestExtent = int64_t{1} << 40;

Napi::Value to_value(Napi::Env env, const OptimizerSnapshot& optimizer);
Napi::Value to_value(Napi::Env env, const DirectionSnapshot& direction);
Napi::Value to_value(Napi::Env env, const PenaltySnapshot& penalty);
Napi::Value to_value(Napi::Env env, const std::vector<uint8_t>& bytes);

Napi::Value to_value(Napi::Env env, const std::vector<NamedTensor>& tensors) { return to_array(env, tensors); }

template <typename Part>
Napi::Value or_null(Napi::Env env, const std::optional<Part>& part) {
  return part ? to_value(env, *part) : env.Null();
}

Napi::Value to_value(Napi::Env env, const std::vector<uint8_t>& bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

Napi::Value to_value(Napi::Env env, const DirectionSnapshot& direction) {
  auto object = Napi::Object::New(env);
  object["perTensor"] = Napi::Boolean::New(env, direction.per_tensor);
  object["radius"] = direction.radius;
  object["values"] = to_value(env, direction.values);
  return object;
}

Napi::Value to_value(Napi::Env env, const OptimizerSnapshot& optimizer) {
  const OptimizerOptions& options = optimizer.options;
  auto object = Napi::Object::New(env);
  object["learningRate"] = options.learning_rate;
  object["beta1"] = options.beta1;
  object["beta2"] = options.beta2;
  object["epsilon"] = options.epsilon;
  object["weightDecay"] = options.weight_decay;
  object["steps"] = static_cast<double>(optimizer.steps);
  object["firstMoment"] = to_value(env, optimizer.first_moment);
  object["secondMoment"] = to_value(env, optimizer.second_moment);
  return object;
}

Napi::Value to_value(Napi::Env env, const PenaltySnapshot& penalty) {
  auto object = Napi::Object::New(env);
  object["alpha"] = penalty.options.alpha;
  object["gradient"] = word_of(penalty.options.gradient);
  object["direction"] = or_null(env, penalty.direction);
  object["anchor"] = or_null(env, penalty.anchor);
  return object;
}

Napi::Value to_value(Napi::Env env, const std::vector<MemorySnapshot>& memory) {
  auto array = Napi::Array::New(env, memory.size());
  for (uint32_t i = 0; i < memory.size(); ++i) {
    auto rows = Napi::Int32Array::New(env, memory[i].rows.size());
    std::copy(memory[i].rows.begin(), memory[i].rows.end(), rows.Data());
    auto object = Napi::Object::New(env);
    object["view"] = static_cast<double>(memory[i].view);
    object["rows"] = rows;
    array[i] = object;
  }
  return array;
}

Napi::Value to_value(Napi::Env env, const StreamsSnapshot& streams) {
  auto object = Napi::Object::New(env);
  object["host"] = to_value(env, streams.host);
  object["method"] = to_value(env, streams.method);
  object["device"] = or_null(env, streams.device);
  object["methodDevice"] = or_null(env, streams.method_device);
  return object;
}

Napi::Value to_value(Napi::Env env, const SessionSnapshot& snapshot) {
  auto object = Napi::Object::New(env);
  object["network"] = to_value(env, snapshot.network);
  object["engine"] = word_of(snapshot.engine.kind);
  object["precision"] = word_of(snapshot.engine.precision);
  object["parameters"] = to_value(env, snapshot.parameters);
  object["buffers"] = to_value(env, snapshot.buffers);
  object["optimizer"] = or_null(env, snapshot.optimizer);
  object["anchor"] = or_null(env, snapshot.anchor);
  object["direction"] = or_null(env, snapshot.direction);
  object["penalty"] = or_null(env, snapshot.penalty);
  object["memory"] = to_value(env, snapshot.memory);
  object["streams"] = to_value(env, snapshot.streams);
  return object;
}

std::vector<NamedTensor> read_tensors(const Options& options, const char* key) {
  std::vector<NamedTensor> tensors;
  for (const Options& tensor : options.objects(key)) {
    tensors.push_back({tensor.text("name"), tensor.integers("shape", 0, kLargestExtent), tensor.float32s("data")});
  }
  return tensors;
}

std::vector<uint8_t> read_bytes(const Options& options, const char* key) {
  const auto bytes = options.bytes(key);
  return {bytes.Data(), bytes.Data() + bytes.ElementLength()};
}

// What `read` makes of the property, unless it is null.
template <typename Read>
auto unless_null(const Options& options, const char* key, Read&& read) {
  return options.is_null(key) ? std::nullopt : std::optional(read(options, key));
}

DirectionSnapshot read_direction(const Options& options, const char* key) {
  const Options direction = options.object(key);
  return {direction.boolean("perTensor"), direction.number("radius"), read_tensors(direction, "values")};
}

OptimizerSnapshot read_optimizer(const Options& options, const char* key) {
  const Options optimizer = options.object(key);
  return {optimizer_options(optimizer), optimizer.integer("steps", 0, kMaxSafeInteger),
          read_tensors(optimizer, "firstMoment"), read_tensors(optimizer, "secondMoment")};
}

PenaltySnapshot read_penalty(const Options& options, const char* key) {
  const Options penalty = options.object(key);
  return {penalty_options(penalty), unless_null(penalty, "direction", read_direction),
          unless_null(penalty, "anchor", read_tensors)};
}

std::vector<MemorySnapshot> read_memory(const Options& options, const char* key) {
  std::vector<MemorySnapshot> memory;
  for (const Options& part : options.objects(key)) {
    const std::vector<int32_t> rows = part.int32s("rows");
    memory.push_back({part.integer("view", 0, kLargestId), {rows.begin(), rows.end()}});
  }
  return memory;
}

StreamsSnapshot read_streams(const Options& options, const char* key) {
  const Options streams = options.object(key);
  return {read_bytes(streams, "host"), read_bytes(streams, "method"), unless_null(streams, "device", read_bytes),
          unless_null(streams, "methodDevice", read_bytes)};
}

SessionSnapshot read_snapshot(const Options& options) {
  return {network_spec(options),
          engine_options(options),
          read_tensors(options, "parameters"),
          read_tensors(options, "buffers"),
          unless_null(options, "optimizer", read_optimizer),
          unless_null(options, "anchor", read_tensors),
          unless_null(options, "direction", read_direction),
          unless_null(options, "penalty", read_penalty),
          read_memory(options, "memory"),
          read_streams(options, "streams")};
}

}  // namespace

Napi::Value SessionObject::export_state(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [snapshot = session.export_state()](Napi::Env env) { return to_value(env, snapshot); };
  });
}

Napi::Value SessionObject::import_state(const Napi::CallbackInfo& info) {
  const auto snapshot = std::make_shared<SessionSnapshot>(read_snapshot(Options(info, "importState")));
  return submit(info, [snapshot](Session& session, Observer&) {
    session.import_state(*snapshot);
    return resolve_undefined();
  });
}

}  // namespace cl_torch::node
