#pragma once

#include <napi.h>

#include <memory>

#include "data/shared_dataset.h"
#include "node/arguments.h"

namespace cl_torch::node {

// The JavaScript class SharedDataset: examples in the host's memory that any number of sessions have at once.
class SharedDatasetObject : public Napi::ObjectWrap<SharedDatasetObject> {
 public:
  static Napi::Function define(Napi::Env env);

  explicit SharedDatasetObject(const Napi::CallbackInfo& info);
  void Finalize(Napi::BasicEnv env) override;

  // The examples that the property `key` holds.
  static std::shared_ptr<const Dataset> in(const Options& options, const char* key);

 private:
  void dispose(const Napi::CallbackInfo& info);
  void let_go(Napi::BasicEnv env);

  std::shared_ptr<const Dataset> dataset_;
};

}  // namespace cl_torch::node
