#pragma once

#include <napi.h>

#include "methods/lfd/geometry.h"

namespace cl_torch::node {

// The JavaScript classes Sphere and RiemannianSgd: synchronous, on the caller's own arrays.
class SphereObject : public Napi::ObjectWrap<SphereObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SphereObject(const Napi::CallbackInfo& info);

 private:
  void retract(const Napi::CallbackInfo& info);
  Napi::Value project(const Napi::CallbackInfo& info);

  std::unique_ptr<Geometry> geometry_;
};

class RiemannianSgdObject : public Napi::ObjectWrap<RiemannianSgdObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit RiemannianSgdObject(const Napi::CallbackInfo& info);

 private:
  void step(const Napi::CallbackInfo& info);

  std::unique_ptr<Geometry> geometry_;
};

}  // namespace cl_torch::node
