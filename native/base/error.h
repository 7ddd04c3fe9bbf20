#pragma once

#include <stdexcept>
#include <string>

namespace cl_torch {

// Reasons as lib/base/errors.ts names them.
namespace code {
inline constexpr const char* kAborted = "ABORTED";
inline constexpr const char* kDeviceLost = "DEVICE_LOST";
inline constexpr const char* kDeviceUnavailable = "DEVICE_UNAVAILABLE";
inline constexpr const char* kDisposed = "DISPOSED";
inline constexpr const char* kEngineUnavailable = "ENGINE_UNAVAILABLE";
inline constexpr const char* kInternal = "INTERNAL";
inline constexpr const char* kInvalidArgument = "INVALID_ARGUMENT";
inline constexpr const char* kLibTorch = "LIBTORCH";
inline constexpr const char* kOutOfMemory = "OUT_OF_MEMORY";
inline constexpr const char* kThreadsUnavailable = "THREADS_UNAVAILABLE";
}  // namespace code

class Error : public std::runtime_error {
 public:
  Error(const char* code, const std::string& message) : std::runtime_error(message), code_(code) {}
  const char* code() const noexcept { return code_; }

 private:
  const char* code_;  // one of the constants above
};

[[noreturn]] inline void reject(const std::string& message) { throw Error(code::kInvalidArgument, message); }

// OUT_OF_MEMORY: the message, and what can be done.
Error out_of_memory(const std::string& message);

// What JavaScript gets to see of a failure.
struct Failure {
  std::string code;
  std::string message;
};

// Describes the exception being handled; call inside a catch block. Never carries a C++ backtrace.
Failure current_failure();

}  // namespace cl_torch
