#pragma once

#include <napi.h>

#include <memory>
#include <string>

#include "node/arguments.h"
#include "session/training_group.h"

namespace cl_torch::node {

// The JavaScript class TrainingGroup: what sessions that train their epochs together have in common.
class TrainingGroupObject : public Napi::ObjectWrap<TrainingGroupObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit TrainingGroupObject(const Napi::CallbackInfo& info);

  // Makes a session on `device` a member of the training group that is the property `key`.
  static Membership join(const Options& options, const char* key, const std::string& device);

 private:
  void leave(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  std::shared_ptr<TrainingGroup> group_;
};

}  // namespace cl_torch::node
