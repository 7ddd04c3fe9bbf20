#include "node/gemm_timing.h"

#include "node/arguments.h"
#include "node/convert.h"
#include "node/model_options.h"
#include "node/napi_errors.h"
#include "speed/gemm_timing.h"
#include "system/runtime_info.h"

namespace cl_torch::node {

Napi::Value get_gemm_times(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Options options(info, "timeGemm");
  const GemmTimingOptions timing{network_spec(options),
                                 precision_option(options),
                                 options.integer("rows", 1, kLargestBatch),
                                 options.integer("batchSize", 1, kLargestBatch),
                                 options.text("device"),
                                 static_cast<int>(options.integer("threads", 1, kMostThreads))};
  const GemmTimes times = guarded(env, [&] {
    require_device(timing.device);
    return time_gemm(timing);
  });
  auto object = Napi::Object::New(env);
  object["libtorchSeconds"] = times.libtorch_seconds;
  object["ownSeconds"] = times.own_seconds ? Napi::Number::New(env, *times.own_seconds) : env.Null();
  object["operations"] = times.operations;
  return object;
}

}  // namespace cl_torch::node
