#include "node/shared_dataset_object.h"

#include <utility>

#include "node/dataset_rows.h"
#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr napi_type_tag kSharedDatasetTag = {0x3f8a5be2d7140c69, 0xb61d92f07ec34a85};

}  // namespace

Napi::Function SharedDatasetObject::define(Napi::Env env) {
  return DefineClass(env, "SharedDataset", {InstanceMethod<&SharedDatasetObject::dispose>("dispose")});
}

SharedDatasetObject::SharedDatasetObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SharedDatasetObject>(info) {
  const Napi::Env env = info.Env();
  DatasetRows rows = copy_dataset(env, Options(info, "SharedDataset"), "SharedDataset");
  dataset_ = guarded(env, [&] { return make_shared_dataset(std::move(rows)); });
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes_of(*dataset_));
  info.This().As<Napi::Object>().TypeTag(&kSharedDatasetTag);
}

void SharedDatasetObject::Finalize(Napi::BasicEnv env) { let_go(env); }

std::shared_ptr<const Dataset> SharedDatasetObject::in(const Options& options, const char* key) {
  const Napi::Object object = options.tagged(key, kSharedDatasetTag, "a SharedDataset");
  std::shared_ptr<const Dataset> dataset = Unwrap(object)->dataset_;
  if (!dataset) throw make_error(object.Env(), {code::kDisposed, "The shared data set was disposed. Make a new one."});
  return dataset;
}

void SharedDatasetObject::dispose(const Napi::CallbackInfo& info) { let_go(info.Env()); }

void SharedDatasetObject::let_go(Napi::BasicEnv env) {
  if (!dataset_) return;
  Napi::MemoryManagement::AdjustExternalMemory(env, -bytes_of(*dataset_));
  dataset_.reset();
}

}  // namespace cl_torch::node
