#pragma once

#include <napi.h>

#include <cstdint>
#include <string>
#include <vector>

namespace cl_torch::node {

// Reads the properties of an options object; each reader throws INVALID_ARGUMENT naming the property, what is
// allowed and what was found.
class Options {
 public:
  // `call` names the function in messages.
  Options(const Napi::CallbackInfo& info, const char* call);

  bool has(const char* key) const { return !property(key).IsUndefined(); }
  std::string text(const char* key) const;
  bool boolean(const char* key) const;
  double number(const char* key) const;
  int64_t integer(const char* key, int64_t least, int64_t most) const;
  std::vector<int64_t> integers(const char* key, int64_t least, int64_t most) const;
  std::vector<double> numbers(const char* key) const;  // one or more
  std::vector<std::vector<float>> float32_arrays(const char* key) const;
  Napi::Uint8Array bytes(const char* key) const;
  std::vector<int32_t> int32s(const char* key) const;

 private:
  Napi::Value property(const char* key) const;
  int64_t checked_integer(const Napi::Value& value, const std::string& name, int64_t least, int64_t most) const;
  [[noreturn]] void reject(const std::string& name, const std::string& expected, const Napi::Value& found) const;

  Napi::Env env_;
  const char* call_;
  Napi::Object object_;
};

// Largest integer a double holds exactly.
inline constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

}  // namespace cl_torch::node
