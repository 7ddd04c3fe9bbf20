#include "cohort_object.h"

#include "napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostSeats = 1024;
constexpr napi_type_tag kTag = {0x7c2f61b09a3e4d15, 0x9d54e0c38b7a1f62};

}  // namespace

Napi::Function CohortObject::define(Napi::Env env) {
  return DefineClass(env, "Cohort",
                     {InstanceMethod<&CohortObject::leave>("leave"), InstanceMethod<&CohortObject::dispose>("dispose")});
}

CohortObject::CohortObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CohortObject>(info) {
  const Options options(info, "Cohort");
  const int64_t seats = options.integer("seats", 1, kMostSeats);
  const bool keeps_seats = options.has("keepSeats") && options.boolean("keepSeats");
  cohort_ = guarded(info.Env(), [&] { return std::make_shared<Cohort>(seats, keeps_seats); });
  info.This().As<Napi::Object>().TypeTag(&kTag);
}

Membership CohortObject::join(const Options& options, const char* key, const std::string& device) {
  const Napi::Object object = options.tagged(key, kTag, "a Cohort");
  const std::shared_ptr<Cohort>& cohort = Unwrap(object)->cohort_;
  if (!cohort) throw make_error(object.Env(), {code::kDisposed, "The cohort was disposed. Make a new one."});
  if (device == "cpu") {
    throw make_error(object.Env(), {code::kInvalidArgument, "A cohort is for sessions on a GPU; this one is on the CPU."});
  }
  return std::make_shared<const Cohort::Seat>(cohort);
}

void CohortObject::leave(const Napi::CallbackInfo&) {
  if (cohort_) cohort_->leave();
}

void CohortObject::dispose(const Napi::CallbackInfo&) { cohort_.reset(); }

}  // namespace cl_torch::node
