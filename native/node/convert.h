#pragma once

#include <napi.h>

#include <algorithm>
#include <vector>

#include "base/named_tensor.h"
#include "node/job.h"

namespace cl_torch::node {

// Limits of what options may ask for; beyond them an integer would overflow or no machine could follow.
inline constexpr int64_t kWidestLayer = 1 << 20;
inline constexpr int64_t kLargestBatch = int64_t{1} << 31;
inline constexpr int64_t kMostThreads = 1024;
inline constexpr int64_t kMostEpochs = int64_t{1} << 20;
inline constexpr int64_t kMostSteps = int64_t{1} << 20;
inline constexpr int64_t kLargestId = int64_t{1} << 31;

inline Napi::Float32Array to_float32_array(Napi::Env env, const std::vector<float>& values) {
  auto array = Napi::Float32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

inline Napi::Int32Array to_int32_array(Napi::Env env, const std::vector<int32_t>& values) {
  auto array = Napi::Int32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

inline Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values) {
  auto array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

inline Napi::Object to_object(Napi::Env env, const NamedTensor& tensor) {
  auto shape = Napi::Array::New(env, tensor.shape.size());
  for (uint32_t i = 0; i < tensor.shape.size(); ++i) shape[i] = static_cast<double>(tensor.shape[i]);
  auto object = Napi::Object::New(env);
  object["name"] = tensor.name;
  object["shape"] = shape;
  object["data"] = to_float32_array(env, tensor.data);
  return object;
}

inline Job::Settle resolve_undefined() {
  return [](Napi::Env env) { return env.Undefined(); };
}

inline Job::Settle resolve_number(double number) {
  return [number](Napi::Env env) { return Napi::Number::New(env, number); };
}

inline Napi::Array to_array(Napi::Env env, const std::vector<NamedTensor>& tensors) {
  auto array = Napi::Array::New(env, tensors.size());
  for (uint32_t i = 0; i < tensors.size(); ++i) array[i] = to_object(env, tensors[i]);
  return array;
}

inline Job::Settle resolve_tensors(std::vector<NamedTensor> tensors) {
  return [tensors = std::move(tensors)](Napi::Env env) { return to_array(env, tensors); };
}

// The optional callback that follows the options.
inline Napi::FunctionReference progress_callback(const Napi::CallbackInfo& info) {
  return info[1].IsFunction() ? Napi::Persistent(info[1].As<Napi::Function>()) : Napi::FunctionReference();
}

}  // namespace cl_torch::node
