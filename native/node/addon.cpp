#include <napi.h>

#include "engine/choice.h"
#include "node/arguments.h"
#include "node/gemm_timing.h"
#include "node/live_sessions.h"
#include "node/napi_errors.h"
#include "node/objective_options.h"
#include "node/session_object.h"
#include "node/shared_dataset_object.h"
#include "node/training_group_object.h"
#include "system/runtime_info.h"
#include "system/tensor_memory.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostGpus = 1024;

Napi::Value optional_text(Napi::Env env, const std::optional<std::string>& text) {
  if (!text) return env.Null();
  return Napi::String::New(env, *text);
}

Napi::Object to_object(Napi::Env env, const CudaDevice& device) {
  auto object = Napi::Object::New(env);
  object["index"] = device.index;
  object["name"] = device.name;
  object["capability"] = device.capability;
  object["totalMemoryBytes"] = static_cast<double>(device.total_bytes);
  return object;
}

Napi::Value get_runtime_info(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const RuntimeInfo runtime = guarded(env, [] { return runtime_info(); });
  auto devices = Napi::Array::New(env, runtime.cuda.devices.size());
  for (uint32_t i = 0; i < runtime.cuda.devices.size(); ++i) devices[i] = to_object(env, runtime.cuda.devices[i]);
  auto object = Napi::Object::New(env);
  object["libtorch"] = runtime.libtorch;
  object["libtorchCompiled"] = runtime.libtorch_compiled;
  object["cudaBuild"] = optional_text(env, runtime.cuda.build);
  object["cudaDriver"] = optional_text(env, runtime.cuda.driver);
  object["cudaProblem"] = optional_text(env, runtime.cuda.problem);
  object["cudaKernels"] = Napi::Boolean::New(env, runtime.cuda.kernels);
  object["cudaDevices"] = devices;
  object["cpuCapability"] = runtime.cpu_capability;
  object["vectors"] = runtime.vectors;
  object["allowedCpus"] = runtime.allowed_cpus;
  object["defaultThreads"] = runtime.default_threads;
  object["mkl"] = Napi::Boolean::New(env, runtime.mkl);
  return object;
}

Napi::Value get_free_gpu_memory(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto index = static_cast<int>(Options(info, "freeGpuMemory").integer("index", 0, kMostGpus - 1));
  return Napi::Number::New(env, static_cast<double>(guarded(env, [&] { return free_gpu_memory(index); })));
}

Napi::Value get_why_not_fused(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Options options(info, "whyNotFused");
  const EngineDemand demand{options.text("network"),  options.texts("settings"),
                            options.text("device"),   options.boolean("augmentation"),
                            objective_parts(options), options.boolean("clipsGradient")};
  return optional_text(env, guarded(env, [&] { return why_not_fused(demand); }));
}

void end_sessions(const Napi::CallbackInfo& info) { info.Env().GetInstanceData<LiveSessions>()->end_all(); }

void end_sessions_at_exit(Napi::Env env) {
  env.SetInstanceData(new LiveSessions);
  const auto process = env.Global().Get("process").As<Napi::Object>();
  process.Get("on").As<Napi::Function>().Call(
      process, {Napi::String::New(env, "exit"), Napi::Function::New<end_sessions>(env, "endClTorchSessions")});
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  manage_tensor_memory();
  prepare_cuda();
  end_sessions_at_exit(env);
  exports["SharedDataset"] = SharedDatasetObject::define(env);
  exports["TrainingGroup"] = TrainingGroupObject::define(env);
  exports["Session"] = SessionObject::define(env);
  exports["timeGemm"] = Napi::Function::New<get_gemm_times>(env, "timeGemm");
  exports["runtimeInfo"] = Napi::Function::New<get_runtime_info>(env, "runtimeInfo");
  exports["freeGpuMemory"] = Napi::Function::New<get_free_gpu_memory>(env, "freeGpuMemory");
  exports["whyNotFused"] = Napi::Function::New<get_why_not_fused>(env, "whyNotFused");
  return exports;
}

}  // namespace
}  // namespace cl_torch::node

static Napi::Object initialise_addon(Napi::Env env, Napi::Object exports) {
  return cl_torch::node::initialise(env, exports);
}

NODE_API_MODULE(cl_torch, initialise_addon)
