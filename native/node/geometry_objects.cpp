#include "node/geometry_objects.h"

#include <cmath>

#include "node/arguments.h"
#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostElements = int64_t{1} << 31;

std::unique_ptr<Geometry> make_geometry(Napi::Env env, const Options& options, double momentum) {
  const auto segments = options.integers("segments", 1, kMostElements);
  const double radius = options.number_above("radius", 0);
  if (segments.empty()) {
    throw make_error(env, {code::kInvalidArgument, "'segments' must name the length of at least one part."});
  }
  return guarded(env, [&] { return std::make_unique<Geometry>(segments, radius, momentum); });
}

// The argument at `index`, which must be a Float32Array as long as the segments together.
Napi::Float32Array vector_argument(const Napi::CallbackInfo& info, size_t index, const Geometry& geometry) {
  const Napi::Value value = info[index];
  const bool right = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
  const auto length = right ? static_cast<int64_t>(value.As<Napi::Float32Array>().ElementLength()) : -1;
  if (length != geometry.size()) {
    throw make_error(info.Env(),
                     {code::kInvalidArgument, "Argument " + std::to_string(index + 1) + " must be a Float32Array of " +
                                                  std::to_string(geometry.size()) + " elements" +
                                                  (right ? "; found " + std::to_string(length) + "." : ".")});
  }
  return value.As<Napi::Float32Array>();
}

}  // namespace

Napi::Function SphereObject::define(Napi::Env env) {
  return DefineClass(
      env, "Sphere",
      {InstanceMethod<&SphereObject::retract>("retract"), InstanceMethod<&SphereObject::project>("project")});
}

SphereObject::SphereObject(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<SphereObject>(info), geometry_(make_geometry(info.Env(), Options(info, "Sphere"), 0)) {}

void SphereObject::retract(const Napi::CallbackInfo& info) {
  auto vector = vector_argument(info, 0, *geometry_);
  guarded(info.Env(), [&] { geometry_->retract(vector.Data()); });
}

Napi::Value SphereObject::project(const Napi::CallbackInfo& info) {
  const auto point = vector_argument(info, 0, *geometry_);
  const auto vector = vector_argument(info, 1, *geometry_);
  auto result = Napi::Float32Array::New(info.Env(), vector.ElementLength());
  guarded(info.Env(), [&] { geometry_->project(point.Data(), vector.Data(), result.Data()); });
  return result;
}

Napi::Function RiemannianSgdObject::define(Napi::Env env) {
  return DefineClass(env, "RiemannianSgd", {InstanceMethod<&RiemannianSgdObject::step>("step")});
}

RiemannianSgdObject::RiemannianSgdObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<RiemannianSgdObject>(info) {
  const Options options(info, "RiemannianSgd");
  geometry_ = make_geometry(info.Env(), options, options.number_from("momentum", 0, 1));
}

void RiemannianSgdObject::step(const Napi::CallbackInfo& info) {
  auto point = vector_argument(info, 0, *geometry_);
  const auto gradient = vector_argument(info, 1, *geometry_);
  const double learning_rate = info[2].IsNumber() ? info[2].As<Napi::Number>().DoubleValue() : std::nan("");
  if (!std::isfinite(learning_rate) || learning_rate < 0) {
    throw make_error(info.Env(),
                     {code::kInvalidArgument, "Argument 3, the learning rate, must be a number, 0 or more."});
  }
  guarded(info.Env(), [&] { geometry_->step(point.Data(), gradient.Data(), learning_rate); });
}

}  // namespace cl_torch::node
