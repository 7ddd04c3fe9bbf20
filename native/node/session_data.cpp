// Session's calls on data sets and views, and predictions.
#include <algorithm>
#include <cmath>
#include <utility>

#include "arguments.h"
#include "convert.h"
#include "napi_errors.h"
#include "session_object.h"

namespace cl_torch::node {
namespace {

Napi::Error invalid(Napi::Env env, const std::string& message) {
  return make_error(env, {code::kInvalidArgument, message});
}

// The caller may change, transfer or drop its arrays while the call is queued, so they are copied here.
template <typename Value>
std::unique_ptr<Value[]> copy_values(const Napi::TypedArrayOf<Value>& array) {
  auto copy = std::make_unique_for_overwrite<Value[]>(array.ElementLength());
  std::copy_n(array.Data(), array.ElementLength(), copy.get());
  return copy;
}

void require_finite(Napi::Env env, const char* call, const float* values, int64_t count, int64_t features) {
  const float* wrong = std::find_if(values, values + count, [](float value) { return !std::isfinite(value); });
  if (wrong == values + count) return;
  const int64_t position = wrong - values;
  throw invalid(env, std::string(call) + ": every input must be a finite number; found " +
                         (std::isnan(*wrong) ? "NaN" : *wrong > 0 ? "Infinity" : "-Infinity") + " in row " +
                         std::to_string(position / features) + ", column " + std::to_string(position % features) +
                         " (from 0).");
}

// `rows` and `features` of the images are known.
void copy_images(Napi::Env env, const Options& options, const char* call, DatasetRows& target) {
  const Napi::TypedArray array = options.numbers_or_bytes("images");
  const auto values = static_cast<int64_t>(array.ElementLength());
  if (target.rows == 0 || values / target.features != target.rows || values % target.features != 0) {
    throw invalid(env, std::string(call) + ": 'images' must hold rows × features = " + std::to_string(target.rows) +
                           " × " + std::to_string(target.features) + " values, at least one row; found " +
                           std::to_string(values) + ".");
  }
  if (array.TypedArrayType() == napi_uint8_array) {
    target.images = copy_values(array.As<Napi::Uint8Array>());
    return;
  }
  auto numbers = copy_values(array.As<Napi::Float32Array>());
  require_finite(env, call, numbers.get(), values, target.features);
  target.images = std::move(numbers);
}

DatasetRows copy_dataset(Napi::Env env, const Options& options, const char* call) {
  DatasetRows rows;
  rows.features = options.integer("features", 1, kWidestLayer);
  rows.labels = options.int32s_or_bytes("labels");
  rows.rows = static_cast<int64_t>(rows.labels.size());
  for (size_t row = 0; row < rows.labels.size(); ++row) {
    if (rows.labels[row] >= 0 && rows.labels[row] < kWidestLayer) continue;
    throw invalid(env, std::string(call) + ": 'labels' must hold class indices from 0 to " +
                           std::to_string(kWidestLayer - 1) + "; found " + std::to_string(rows.labels[row]) +
                           " in row " + std::to_string(row) + " (from 0).");
  }
  copy_images(env, options, call, rows);
  return rows;
}

Napi::Object to_object(Napi::Env env, const ExampleRows& rows) {
  auto labels = Napi::Int32Array::New(env, rows.labels.size());
  std::copy(rows.labels.begin(), rows.labels.end(), labels.Data());
  auto object = Napi::Object::New(env);
  if (const auto* bytes = std::get_if<std::vector<uint8_t>>(&rows.images)) {
    auto images = Napi::Uint8Array::New(env, bytes->size());
    std::copy(bytes->begin(), bytes->end(), images.Data());
    object["images"] = images;
  } else {
    object["images"] = to_float32_array(env, std::get<std::vector<float>>(rows.images));
  }
  object["labels"] = labels;
  object["features"] = static_cast<double>(rows.features);
  return object;
}

}  // namespace

Napi::Value SessionObject::load_dataset(const Napi::CallbackInfo& info) {
  const auto rows =
      std::make_shared<DatasetRows>(copy_dataset(info.Env(), Options(info, "loadDataset"), "loadDataset"));
  return submit(info, [rows](Session& session, Observer&) {
    return resolve_number(static_cast<double>(session.load_dataset(std::move(*rows))));
  });
}

Napi::Value SessionObject::append_dataset(const Napi::CallbackInfo& info) {
  const Options options(info, "appendDataset");
  const int64_t dataset = options.integer("dataset", 0, kLargestId);
  const auto rows = std::make_shared<DatasetRows>(copy_dataset(info.Env(), options, "appendDataset"));
  return submit(info, [dataset, rows](Session& session, Observer&) {
    session.append_dataset(dataset, std::move(*rows));
    return resolve_undefined();
  });
}

Napi::Value SessionObject::drop_dataset(const Napi::CallbackInfo& info) {
  const int64_t dataset = Options(info, "dropDataset").integer("dataset", 0, kLargestId);
  return submit(info, [dataset](Session& session, Observer&) {
    session.drop_dataset(dataset);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::add_view(const Napi::CallbackInfo& info) {
  const Options options(info, "addView");
  const int64_t dataset = options.integer("dataset", 0, kLargestId);
  return submit(info, [dataset, permutation = options.int32s("permutation")](Session& session, Observer&) {
    return resolve_number(static_cast<double>(session.add_view(dataset, permutation)));
  });
}

Napi::Value SessionObject::read_rows(const Napi::CallbackInfo& info) {
  const Options options(info, "readRows");
  const int64_t view = options.integer("view", 0, kLargestId);
  const std::vector<int32_t> rows = options.int32s("rows");
  return submit(info, [view, rows = std::vector<int64_t>(rows.begin(), rows.end())](Session& session,
                                                                                    Observer&) -> Job::Settle {
    return [examples = session.read_rows(view, rows)](Napi::Env env) { return to_object(env, examples); };
  });
}

Napi::Value SessionObject::predict(const Napi::CallbackInfo& info) {
  const Options options(info, "predict");
  const Output output = options.one_of("output", {"logits", "probabilities"}) == 0 ? Output::kLogits
                                                                                     : Output::kProbabilities;
  const auto rows = std::make_shared<DatasetRows>();
  rows->features = options.integer("features", 1, kWidestLayer);
  rows->rows = static_cast<int64_t>(options.numbers_or_bytes("images").ElementLength()) / rows->features;
  copy_images(info.Env(), options, "predict", *rows);
  rows->labels.resize(static_cast<size_t>(rows->rows));
  return submit(info, [rows, output](Session& session, Observer& observer) -> Job::Settle {
    return [values = session.predict(std::move(*rows), output, observer)](Napi::Env env) {
      return to_float32_array(env, values);
    };
  });
}

}  // namespace cl_torch::node
