// Session's calls on data sets and views.
#include <algorithm>
#include <utility>

#include "node/arguments.h"
#include "node/convert.h"
#include "node/dataset_rows.h"
#include "node/objective_options.h"
#include "node/session_object.h"
#include "node/shared_dataset_object.h"

namespace cl_torch::node {
namespace {

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
  const Options options(info, "loadDataset");
  if (options.has("shared")) {
    return submit(info, [shared = SharedDatasetObject::in(options, "shared")](Session& session, Observer&) {
      return resolve_number(static_cast<double>(session.load_dataset(*shared)));
    });
  }
  const auto rows = std::make_shared<DatasetRows>(copy_dataset(info.Env(), options, "loadDataset"));
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
  ViewOptions view;
  view.columns = options.int32s("columns");
  if (options.has("rows")) view.rows = options.int32s("rows");
  if (options.has("labels")) view.labels = options.int32s("labels");
  if (options.has("values")) view.values = options.float32s("values");
  if (options.has("ownClasses")) view.own_classes = class_range(options.object("ownClasses"));
  return submit(info, [dataset, view](Session& session, Observer&) {
    return resolve_number(static_cast<double>(session.add_view(dataset, view)));
  });
}

Napi::Value SessionObject::set_classes(const Napi::CallbackInfo& info) {
  const Options options(info, "setClasses");
  return submit(info, [views = options.integers("views", 0, kLargestId),
                       range = class_range(options.object("classes"))](Session& session, Observer&) {
    session.set_classes(views, range);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::read_rows(const Napi::CallbackInfo& info) {
  const Options options(info, "readRows");
  const int64_t view = options.integer("view", 0, kLargestId);
  const std::vector<int32_t> rows = options.int32s("rows");
  return submit(
      info, [view, rows = std::vector<int64_t>(rows.begin(), rows.end())](Session& session, Observer&) -> Job::Settle {
        return [examples = session.read_rows(view, rows)](Napi::Env env) { return to_object(env, examples); };
      });
}

}  // namespace cl_torch::node
