// Session's calls that take a snapshot and go on from one, and the snapshot as a JavaScript object.
#include "session/snapshot.h"

#include "node/arguments.h"
#include "node/convert.h"
#include "node/model_options.h"
#include "node/objective_options.h"
#include "node/session_object.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kLargestExtent = int64_t{1} << 40;

constexpr const char* kGrowths[] = {"new-rows", "zeros", "ones", "ends"};  // in the order of Growth

Napi::Value to_value(Napi::Env env, const std::vector<NamedTensor>& tensors) { return to_array(env, tensors); }

Napi::Value to_value(Napi::Env env, const std::vector<uint8_t>& bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

Napi::Value to_value(Napi::Env env, const OptimizerSnapshot& optimizer) {
  auto vectors = Napi::Object::New(env);
  for (const auto& [name, tensors] : optimizer.vectors) vectors[name] = to_value(env, tensors);
  auto object = Napi::Object::New(env);
  object["options"] = optimizer_object(env, optimizer.options);
  object["steps"] = static_cast<double>(optimizer.steps);
  object["vectors"] = vectors;
  return object;
}

Napi::Value to_value(Napi::Env env, const std::map<std::string, VectorSnapshot>& vectors) {
  auto object = Napi::Object::New(env);
  for (const auto& [name, snapshot] : vectors) {
    auto vector = Napi::Object::New(env);
    vector["growth"] = kGrowths[static_cast<size_t>(snapshot.growth)];
    vector["tensors"] = to_value(env, snapshot.tensors);
    object[name] = vector;
  }
  return object;
}

Napi::Value to_value(Napi::Env env, const TargetsSnapshot& targets) {
  auto object = Napi::Object::New(env);
  object["classes"] = static_cast<double>(targets.classes);
  object["logits"] = to_float32_array(env, targets.logits);
  return object;
}

template <typename Part>
Napi::Value or_null(Napi::Env env, const std::optional<Part>& part) {
  return part ? to_value(env, *part) : env.Null();
}

Napi::Value to_value(Napi::Env env, const std::map<int64_t, TargetsSnapshot>& targets) {
  auto array = Napi::Array::New(env, targets.size());
  uint32_t i = 0;
  for (const auto& [view, its] : targets) {
    auto object = to_value(env, its).As<Napi::Object>();
    object["view"] = static_cast<double>(view);
    array[i++] = object;
  }
  return array;
}

Napi::Value to_value(Napi::Env env, const std::vector<MemorySnapshot>& memory) {
  auto array = Napi::Array::New(env, memory.size());
  for (uint32_t i = 0; i < memory.size(); ++i) {
    auto rows = Napi::Int32Array::New(env, memory[i].rows.size());
    std::copy(memory[i].rows.begin(), memory[i].rows.end(), rows.Data());
    auto object = Napi::Object::New(env);
    object["view"] = static_cast<double>(memory[i].view);
    object["rows"] = rows;
    object["targets"] = or_null(env, memory[i].targets);
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
  object["network"] = network_object(env, snapshot.network);
  object["engine"] = word_of(snapshot.engine.kind);
  object["precision"] = word_of(snapshot.engine.precision);
  object["parameters"] = to_value(env, snapshot.parameters);
  object["buffers"] = to_value(env, snapshot.buffers);
  object["keptBuffers"] = or_null(env, snapshot.kept_buffers);
  object["optimizer"] = or_null(env, snapshot.optimizer);
  object["vectors"] = to_value(env, snapshot.vectors);
  write_objective(env, object, snapshot.objective);
  object["memory"] = to_value(env, snapshot.memory);
  object["offered"] = static_cast<double>(snapshot.offered);
  object["targets"] = to_value(env, snapshot.targets);
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

OptimizerSnapshot read_optimizer(const Options& options, const char* key) {
  const Options optimizer = options.object(key);
  OptimizerSnapshot snapshot{
      optimizer_options(optimizer.object("options")), optimizer.integer("steps", 0, kMaxSafeInteger), {}};
  const Options vectors = optimizer.object("vectors");
  for (const std::string& name : vectors.names()) snapshot.vectors.emplace(name, read_tensors(vectors, name.c_str()));
  return snapshot;
}

std::map<std::string, VectorSnapshot> read_vectors(const Options& options) {
  const Options vectors = options.object("vectors");
  std::map<std::string, VectorSnapshot> snapshots;
  for (const std::string& name : vectors.names()) {
    const Options vector = vectors.object(name.c_str());
    const auto growth =
        static_cast<Growth>(vector.one_of("growth", {kGrowths[0], kGrowths[1], kGrowths[2], kGrowths[3]}));
    snapshots.emplace(name, VectorSnapshot{growth, read_tensors(vector, "tensors")});
  }
  return snapshots;
}

TargetsSnapshot read_targets(const Options& options) {
  return {options.integer("classes", 1, kWidestLayer), options.float32s("logits")};
}

std::vector<MemorySnapshot> read_memory(const Options& options, const char* key) {
  std::vector<MemorySnapshot> memory;
  for (const Options& part : options.objects(key)) {
    const std::vector<int32_t> rows = part.int32s("rows");
    memory.push_back({part.integer("view", 0, kLargestId),
                      {rows.begin(), rows.end()},
                      unless_null(part, "targets", [](const Options& outer, const char* name) {
                        return read_targets(outer.object(name));
                      })});
  }
  return memory;
}

std::map<int64_t, TargetsSnapshot> read_view_targets(const Options& options) {
  std::map<int64_t, TargetsSnapshot> targets;
  for (const Options& view : options.objects("targets")) {
    targets.insert_or_assign(view.integer("view", 0, kLargestId), read_targets(view));
  }
  return targets;
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
          unless_null(options, "keptBuffers", read_tensors),
          unless_null(options, "optimizer", read_optimizer),
          read_vectors(options),
          objective_settings(options),
          read_memory(options, "memory"),
          options.integer("offered", 0, kMaxSafeInteger),
          read_view_targets(options),
          read_streams(options, "streams")};
}

}  // namespace

Napi::Value SessionObject::load_model(const Napi::CallbackInfo& info) {
  const Options options(info, "loadModel");
  const NetworkSpec network = network_spec(options);
  const auto seed = static_cast<uint64_t>(options.integer("seed", 0, kMaxSafeInteger));
  const EngineOptions engine = engine_options(options);
  return submit(info, [network, seed, engine, parameters = read_tensors(options, "parameters"),
                       buffers = read_tensors(options, "buffers")](Session& session, Observer&) {
    session.load_model(network, seed, engine, parameters, buffers);
    return resolve_undefined();
  });
}

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
