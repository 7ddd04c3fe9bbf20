#include "node/training_group_object.h"

#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostPlaces = 1024;
constexpr napi_type_tag kTag = {0x7c2f61b09a3e4d15, 0x9d54e0c38b7a1f62};

}  // namespace

Napi::Function TrainingGroupObject::define(Napi::Env env) {
  return DefineClass(
      env, "TrainingGroup",
      {InstanceMethod<&TrainingGroupObject::leave>("leave"), InstanceMethod<&TrainingGroupObject::dispose>("dispose")});
}

TrainingGroupObject::TrainingGroupObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TrainingGroupObject>(info) {
  const Options options(info, "TrainingGroup");
  const int64_t places = options.integer("places", 1, kMostPlaces);
  const bool keeps_places = options.has("keepPlaces") && options.boolean("keepPlaces");
  group_ = guarded(info.Env(), [&] { return std::make_shared<TrainingGroup>(places, keeps_places); });
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

Membership TrainingGroupObject::join(const Options& options, const char* key, const std::string& device) {
  const Napi::Object object = options.tagged(key, kTag, "a TrainingGroup");
  const std::shared_ptr<TrainingGroup>& group = Unwrap(object)->group_;
  if (!group) throw make_error(object.Env(), {code::kDisposed, "The training group was disposed. Make a new one."});
  if (device == "cpu") {
    throw make_error(object.Env(),
                     {code::kInvalidArgument, "A training group is for sessions on a GPU; this one is on the CPU."});
  }
  return std::make_shared<const TrainingGroup::Place>(group);
}

void TrainingGroupObject::leave(const Napi::CallbackInfo&) {
  if (group_) group_->leave();
}

void TrainingGroupObject::dispose(const Napi::CallbackInfo&) { group_.reset(); }

}  // namespace cl_torch::node
