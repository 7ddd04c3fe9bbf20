#pragma once

#include <napi.h>

#include <string>

#include "base/error.h"

namespace cl_torch::node {

// A JavaScript Error with a `code`.
inline Napi::Error make_error(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  return error;
}

inline Napi::Error invalid(Napi::Env env, const std::string& message) {
  return make_error(env, {code::kInvalidArgument, message});
}

// Runs `body`, turning the core's exceptions into JavaScript ones.
template <typename Body>
auto guarded(Napi::Env env, Body&& body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw make_error(env, current_failure());
  }
}

}  // namespace cl_torch::node
