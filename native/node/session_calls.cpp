// Session's calls that every method uses.
#include <algorithm>
#include <utility>

#include "arguments.h"
#include "convert.h"
#include "napi_errors.h"
#include "session_object.h"

namespace cl_torch::node {
namespace {

// The caller may change, transfer or drop its arrays while the call is queued, so both are copied here.
DatasetBytes copy_dataset(Napi::Env env, const Options& options) {
  const auto images = options.bytes("images");
  const auto labels = options.bytes("labels");
  DatasetBytes bytes;
  bytes.features = options.integer("features", 1, kWidestLayer);
  bytes.rows = static_cast<int64_t>(labels.ElementLength());
  const auto pixels = static_cast<int64_t>(images.ElementLength());
  if (bytes.rows == 0 || pixels / bytes.features != bytes.rows || pixels % bytes.features != 0) {
    throw make_error(env, {code::kInvalidArgument,
                           "loadDataset: 'images' must hold labels × features = " + std::to_string(bytes.rows) +
                               " × " + std::to_string(bytes.features) + " bytes, at least one row; found " +
                               std::to_string(pixels) + "."});
  }
  bytes.images = std::make_unique_for_overwrite<uint8_t[]>(images.ElementLength());
  std::copy_n(images.Data(), images.ElementLength(), bytes.images.get());
  bytes.labels.assign(labels.Data(), labels.Data() + labels.ElementLength());
  return bytes;
}

}  // namespace

Napi::Value SessionObject::load_dataset(const Napi::CallbackInfo& info) {
  const auto bytes = std::make_shared<DatasetBytes>(copy_dataset(info.Env(), Options(info, "loadDataset")));
  return submit(info, [bytes](Session& session, Observer&) {
    return resolve_number(static_cast<double>(session.load_dataset(std::move(*bytes))));
  });
}

Napi::Value SessionObject::add_view(const Napi::CallbackInfo& info) {
  const Options options(info, "addView");
  const int64_t dataset = options.integer("dataset", 0, kLargestId);
  return submit(info, [dataset, permutation = options.int32s("permutation")](Session& session, Observer&) {
    return resolve_number(static_cast<double>(session.add_view(dataset, permutation)));
  });
}

Napi::Value SessionObject::create_model(const Napi::CallbackInfo& info) {
  const Options options(info, "createModel");
  const auto layers = options.integers("layers", 1, kWidestLayer);
  if (layers.size() < 2) {
    throw make_error(info.Env(), {code::kInvalidArgument,
                                  "createModel: 'layers' must name at least the input and the output width; found " +
                                      std::to_string(layers.size()) + " width(s)."});
  }
  const auto seed = static_cast<uint64_t>(options.integer("seed", 0, kMaxSafeInteger));
  return submit(info, [layers, seed](Session& session, Observer&) {
    session.create_model(layers, seed);
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
  const AdamWOptions adamw{options.number("learningRate"), options.number("beta1"), options.number("beta2"),
                           options.number("epsilon"), options.number("weightDecay")};
  return submit(info, [adamw](Session& session, Observer&) {
    session.create_optimizer(adamw);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::train_epoch(const Napi::CallbackInfo& info) {
  const Options options(info, "trainEpoch");
  const int64_t view = options.integer("view", 0, kLargestId);
  const int64_t batch_size = options.integer("batchSize", 1, kLargestBatch);
  const int64_t rehearsal = options.integer("rehearsal", 0, kLargestBatch);
  auto work = [view, batch_size, rehearsal](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.train_epoch(view, batch_size, rehearsal, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["losses"] = to_float32_array(env, outcome.losses);
      object["seconds"] = outcome.seconds;
      return object;
    };
  };
  return submit(info, std::move(work), progress_callback(info));
}

Napi::Value SessionObject::evaluate(const Napi::CallbackInfo& info) {
  const Options options(info, "evaluate");
  const auto views = options.integers("views", 0, kLargestId);
  const int64_t batch_size = options.integer("batchSize", 1, kLargestBatch);
  return submit(info, [views, batch_size](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.evaluate(views, batch_size, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["correct"] = to_float64_array(env, outcome.correct);
      object["total"] = to_float64_array(env, outcome.total);
      object["seconds"] = outcome.seconds;
      return object;
    };
  });
}

Napi::Value SessionObject::parameters(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) { return resolve_tensors(session.parameters()); });
}

Napi::Value SessionObject::set_parameters(const Napi::CallbackInfo& info) {
  return submit(info, [values = Options(info, "setParameters").float32_arrays("values")](Session& session, Observer&) {
    session.set_parameters(values);
    return resolve_undefined();
  });
}

}  // namespace cl_torch::node
