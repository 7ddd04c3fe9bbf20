// Session's calls that every method uses.
#include <algorithm>
#include <array>
#include <utility>

#include "node/arguments.h"
#include "node/convert.h"
#include "node/model_options.h"
#include "node/napi_errors.h"
#include "node/session_object.h"

namespace cl_torch::node {

Napi::Value SessionObject::open(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [threads = session.threads()](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["threads"] = threads;
      return object;
    };
  });
}

Napi::Value SessionObject::create_model(const Napi::CallbackInfo& info) {
  const Options options(info, "createModel");
  const NetworkSpec network = network_spec(options);
  const auto seed = static_cast<uint64_t>(options.integer("seed", 0, kMaxSafeInteger));
  const EngineOptions engine = engine_options(options);
  return submit(info, [network, seed, engine](Session& session, Observer&) {
    session.create_model(network, seed, engine);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::grow_head(const Napi::CallbackInfo& info) {
  const int64_t classes = Options(info, "growHead").integer("classes", 1, kWidestLayer);
  return submit(info, [classes](Session& session, Observer&) {
    session.grow_head(classes);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::create_optimizer(const Napi::CallbackInfo& info) {
  const Options options(info, "createOptimizer");
  const OptimizerOptions optimizer = optimizer_options(options);
  const bool keeps = options.one_of("optimizerState", {"task", "keep"}) == 1;
  return submit(info, [optimizer, keeps](Session& session, Observer&) {
    session.create_optimizer(optimizer, keeps);
    return resolve_undefined();
  });
}

namespace {

constexpr int64_t kWidestMargin = 1024;

std::optional<Augmentation> augmentation_options(const Options& options) {
  if (options.is_null("augmentation")) return std::nullopt;
  const Options augmentation = options.object("augmentation");
  const std::vector<int64_t> image = augmentation.integers("image", 1, kWidestLayer, 3);
  if (image.size() != 3) augmentation.reject("image", "[channels, height, width]");
  return Augmentation{{image[0], image[1], image[2]},
                      augmentation.integer("margin", 0, kWidestMargin),
                      augmentation.boolean("flips"),
                      augmentation.float32s("black")};
}

}  // namespace

Napi::Value SessionObject::train_epoch(const Napi::CallbackInfo& info) {
  const Options options(info, "trainEpoch");
  const int64_t epochs = options.integer("epochs", 1, kMostEpochs);
  const bool of_memory = options.is_null("views");
  const EpochOptions epoch{of_memory ? std::vector<int64_t>() : options.integers("views", 0, kLargestId),
                           of_memory,
                           options.boolean("joinsMemory"),
                           options.integer("batchSize", 1, kLargestBatch),
                           options.one_of("lastBatch", {"keep", "drop"}) == 1,
                           options.integer("mostSteps", 0, kMostSteps),
                           options.integer("rehearsal", 0, kLargestBatch),
                           options.integer("reservoir", 0, kLargestBatch),
                           options.boolean("storesOutputs"),
                           options.one_of("onNan", {"stop", "continue"}) == 0,
                           options.integer("epoch", 0, epochs - 1),
                           epochs,
                           augmentation_options(options)};
  auto work = [epoch](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.train_epoch(epoch, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["losses"] = to_float32_array(env, outcome.losses);
      object["diverged"] =
          outcome.diverged ? Napi::Number::New(env, static_cast<double>(*outcome.diverged)) : env.Null();
      object["learningRate"] = outcome.learning_rate;
      object["cudaGraphs"] = outcome.cuda_graphs ? Napi::Boolean::New(env, *outcome.cuda_graphs) : env.Null();
      object["seconds"] = outcome.seconds;
      return object;
    };
  };
  return submit(info, std::move(work), progress_callback(info));
}

Napi::Value SessionObject::evaluate(const Napi::CallbackInfo& info) {
  const Options options(info, "evaluate");
  const EvaluationOptions evaluation{options.integers("views", 0, kLargestId),
                                     options.integer("batchSize", 1, kLargestBatch), options.boolean("draws")};
  return submit(info, [evaluation](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.evaluate(evaluation, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["correct"] = to_float64_array(env, outcome.correct);
      object["correctInOwn"] = to_float64_array(env, outcome.correct_in_own);
      object["total"] = to_float64_array(env, outcome.total);
      object["seconds"] = outcome.seconds;
      return object;
    };
  });
}

Napi::Value SessionObject::gradient(const Napi::CallbackInfo& info) {
  const Options options(info, "gradient");
  const int64_t view = options.integer("view", 0, kLargestId);
  const std::vector<int32_t> rows = options.int32s("rows");
  return submit(info,
                [view, rows = std::vector<int64_t>(rows.begin(), rows.end()), target = options.text("target")](
                    Session& session, Observer&) { return resolve_number(session.gradient(view, rows, target)); });
}

Napi::Value SessionObject::importance(const Napi::CallbackInfo& info) {
  const Options options(info, "importance");
  const int64_t view = options.integer("view", 0, kLargestId);
  const std::vector<int32_t> rows = options.int32s("rows");
  constexpr std::array kKinds = {ImportanceKind::kExact, ImportanceKind::kEmpirical, ImportanceKind::kSampled,
                                 ImportanceKind::kOutputs};
  const ImportanceKind kind = kKinds.at(options.one_of("kind", {"exact", "empirical", "sampled", "outputs"}));
  return submit(info, [view, rows = std::vector<int64_t>(rows.begin(), rows.end()), kind,
                       target = options.text("target")](Session& session, Observer& observer) {
    session.importance(view, rows, kind, target, observer);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::parameters(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) { return resolve_tensors(session.parameters()); });
}

Napi::Value SessionObject::is_finite(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [finite = session.is_finite()](Napi::Env env) { return Napi::Boolean::New(env, finite); };
  });
}

Napi::Value SessionObject::set_parameters(const Napi::CallbackInfo& info) {
  return submit(info, [values = Options(info, "setParameters").float32_arrays("values")](Session& session, Observer&) {
    session.set_parameters(values);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::buffers(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) { return resolve_tensors(session.buffers()); });
}

Napi::Value SessionObject::set_buffers(const Napi::CallbackInfo& info) {
  return submit(info, [values = Options(info, "setBuffers").float32_arrays("values")](Session& session, Observer&) {
    session.set_buffers(values);
    return resolve_undefined();
  });
}

}  // namespace cl_torch::node
