#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "../core/cohort.h"
#include "arguments.h"

namespace cl_torch::node {

// The JavaScript class Cohort: what sessions that train their epochs together have in common.
class CohortObject : public Napi::ObjectWrap<CohortObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit CohortObject(const Napi::CallbackInfo& info);

  // Makes a session on `device` a member of the cohort that is the property `key`.
  static Membership join(const Options& options, const char* key, const std::string& device);

 private:
  void leave(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  std::shared_ptr<Cohort> cohort_;
};

}  // namespace cl_torch::node
