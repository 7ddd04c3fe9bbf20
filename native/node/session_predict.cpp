// Session's calls on rows that are not kept.
#include <algorithm>
#include <memory>
#include <utility>

#include "node/arguments.h"
#include "node/convert.h"
#include "node/dataset_rows.h"
#include "node/session_object.h"

namespace cl_torch::node {

Napi::Value SessionObject::predict(const Napi::CallbackInfo& info) {
  const Options options(info, "predict");
  const Output output =
      options.one_of("output", {"logits", "probabilities"}) == 0 ? Output::kLogits : Output::kProbabilities;
  const auto rows = std::make_shared<DatasetRows>(copy_inputs(info.Env(), options, "predict"));
  return submit(info, [rows, output](Session& session, Observer& observer) -> Job::Settle {
    return [values = session.predict(std::move(*rows), output, observer)](Napi::Env env) {
      return to_float32_array(env, values);
    };
  });
}

Napi::Value SessionObject::classify(const Napi::CallbackInfo& info) {
  const Options options(info, "classify");
  const bool probabilities = options.boolean("probabilities");
  const auto rows = std::make_shared<DatasetRows>(copy_inputs(info.Env(), options, "classify"));
  return submit(info, [rows, probabilities](Session& session, Observer& observer) -> Job::Settle {
    return [probabilities, outcome = session.classify(std::move(*rows), probabilities, observer)](Napi::Env env) {
      auto labels = Napi::Int32Array::New(env, outcome.labels.size());
      std::copy(outcome.labels.begin(), outcome.labels.end(), labels.Data());
      auto object = Napi::Object::New(env);
      object["labels"] = labels;
      object["probabilities"] = probabilities ? to_float32_array(env, outcome.probabilities) : env.Null();
      return object;
    };
  });
}

Napi::Value SessionObject::score(const Napi::CallbackInfo& info) {
  const auto rows = std::make_shared<DatasetRows>(copy_dataset(info.Env(), Options(info, "score"), "score"));
  return submit(info, [rows](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.score(std::move(*rows), observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["correct"] = static_cast<double>(outcome.correct);
      object["loss"] = outcome.loss;
      return object;
    };
  });
}

}  // namespace cl_torch::node
