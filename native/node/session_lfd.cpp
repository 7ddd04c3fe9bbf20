// Session's calls for the memory, the less-forgetting direction and the equilibrium point.
#include <algorithm>

#include "node/arguments.h"
#include "node/convert.h"
#include "node/model_options.h"
#include "node/session_object.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostIterations = 1'000'000;

std::vector<double> ratios(const Options& options) {
  const std::vector<double> ratios = options.numbers("ratios");
  if (std::any_of(ratios.begin(), ratios.end(), [](double ratio) { return !(ratio > 0 && ratio <= 1); })) {
    options.reject("ratios", "shares of the radius, above 0 and at most 1");
  }
  return ratios;
}

std::vector<double> clamp(const Options& options) {
  const std::vector<double> clamp = options.numbers("clamp");
  if (clamp.size() != 2 || clamp[0] > clamp[1]) options.reject("clamp", "the least and the greatest lambda");
  return clamp;
}

std::optional<std::string> layers(const Options& options) {
  if (options.is_null("layers")) return std::nullopt;
  return options.text("layers");
}

constexpr Statistics kStatistics[] = {Statistics::kRunning, Statistics::kInterpolated, Statistics::kBatch};

DirectionOptions direction_options(const Options& options) {
  return {options.boolean("perTensor"),
          options.number_above("radius", 0),
          ratios(options),
          options.number_from("learningRate", 0),
          options.number_from("momentum", 0, 1),
          options.boolean("decays"),
          options.integer("iterations", 0, kMostIterations),
          options.integer("batchSize", 1, kLargestBatch),
          options.number_from("smoothing", 0, 1),
          options.boolean("batchStatistics"),
          options.boolean("trainingStream"),
          layers(options)};
}

EquilibriumOptions equilibrium_options(const Options& options) {
  return {options.text("anchor"),
          options.number("start"),
          options.number_from("learningRate", 0),
          options.number_above("clip", 0),
          options.boolean("decays"),
          options.integer("iterations", 0, kMostIterations),
          options.integer("batchSize", 1, kLargestBatch),
          kStatistics[options.one_of("statistics", {"running", "interpolated", "batch"})],
          layers(options),
          options.has("clamp") ? std::optional(clamp(options)) : std::nullopt};
}

Napi::Value or_null(Napi::Env env, const std::optional<double>& number) {
  if (!number) return env.Null();
  return Napi::Number::New(env, *number);
}

std::vector<int64_t> numbers(const Options& options, const char* key) {
  const auto found = options.int32s(key);
  return {found.begin(), found.end()};
}

Job::Settle resolve_features(Features features) {
  return [features = std::move(features)](Napi::Env env) {
    auto object = Napi::Object::New(env);
    object["values"] = to_float32_array(env, features.values);
    object["width"] = static_cast<double>(features.width);
    return object;
  };
}

}  // namespace

Napi::Value SessionObject::skip_order(const Napi::CallbackInfo& info) {
  const int64_t view = Options(info, "skipOrder").integer("view", 0, kLargestId);
  return submit(info, [view](Session& session, Observer&) {
    session.skip_order(view);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::add_memory(const Napi::CallbackInfo& info) {
  const Options options(info, "addMemory");
  const int64_t view = options.integer("view", 0, kLargestId);
  const auto rows = options.int32s("rows");
  return submit(info, [view, rows = std::vector<int64_t>(rows.begin(), rows.end()),
                       targets = options.boolean("targets")](Session& session, Observer& observer) {
    session.add_memory(view, rows, targets, observer);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::keep_memory(const Napi::CallbackInfo& info) {
  const auto examples = Options(info, "keepMemory").int32s("examples");
  return submit(info, [examples = std::vector<int64_t>(examples.begin(), examples.end())](Session& session, Observer&) {
    session.keep_memory(examples);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::memory_info(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [memory = session.memory_info()](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["examples"] = static_cast<double>(memory.examples);
      object["targetBytes"] = static_cast<double>(memory.target_bytes);
      object["offered"] = static_cast<double>(memory.offered);
      return object;
    };
  });
}

Napi::Value SessionObject::memory_labels(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [labels = session.memory_labels()](Napi::Env env) { return to_int32_array(env, labels); };
  });
}

Napi::Value SessionObject::features(const Napi::CallbackInfo& info) {
  const Options options(info, "features");
  const int64_t view = options.integer("view", 0, kLargestId);
  return submit(info, [view, rows = numbers(options, "rows")](Session& session, Observer& observer) {
    return resolve_features(session.features(view, rows, observer));
  });
}

Napi::Value SessionObject::memory_features(const Napi::CallbackInfo& info) {
  const Options options(info, "memoryFeatures");
  return submit(info, [examples = numbers(options, "examples")](Session& session, Observer& observer) {
    return resolve_features(session.memory_features(examples, observer));
  });
}

Napi::Value SessionObject::take_memory_targets(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer& observer) {
    session.take_memory_targets(observer);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::drop_memory_targets(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) {
    session.drop_memory_targets();
    return resolve_undefined();
  });
}

Napi::Value SessionObject::take_targets(const Napi::CallbackInfo& info) {
  const int64_t view = Options(info, "takeTargets").integer("view", 0, kLargestId);
  return submit(info, [view](Session& session, Observer& observer) {
    session.take_targets(view, observer);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::drop_targets(const Napi::CallbackInfo& info) {
  const int64_t view = Options(info, "dropTargets").integer("view", 0, kLargestId);
  return submit(info, [view](Session& session, Observer&) {
    session.drop_targets(view);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::keep_buffers(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) {
    session.keep_buffers();
    return resolve_undefined();
  });
}

Napi::Value SessionObject::estimate_statistics(const Napi::CallbackInfo& info) {
  const Options options(info, "estimateStatistics");
  return submit(info,
                [views = options.integers("views", 0, kLargestId),
                 batch_size = options.integer("batchSize", 1, kLargestBatch)](Session& session, Observer& observer) {
                  session.estimate_statistics(views, batch_size, observer);
                  return resolve_undefined();
                });
}

Napi::Value SessionObject::find_direction(const Napi::CallbackInfo& info) {
  const Options options(info, "findDirection");
  std::vector<std::vector<float>> start;
  if (options.has("start")) start = options.float32_arrays("start");
  auto work = [search = direction_options(options), start](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.find_direction(search, start, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["objectiveFirst"] = or_null(env, outcome.objective_first);
      object["objectiveLast"] = or_null(env, outcome.objective_last);
      object["path"] = to_float64_array(env, outcome.path);
      object["seconds"] = outcome.seconds;
      return object;
    };
  };
  return submit(info, std::move(work), progress_callback(info));
}

Napi::Value SessionObject::find_equilibrium_point(const Napi::CallbackInfo& info) {
  const EquilibriumOptions options = equilibrium_options(Options(info, "findEquilibriumPoint"));
  auto work = [options](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.find_equilibrium_point(options, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["path"] = to_float64_array(env, outcome.path);
      object["lossOld"] = outcome.loss_old;
      object["lossNew"] = outcome.loss_new;
      object["loss"] = outcome.loss;
      object["seconds"] = outcome.seconds;
      return object;
    };
  };
  return submit(info, std::move(work), progress_callback(info));
}

}  // namespace cl_torch::node
