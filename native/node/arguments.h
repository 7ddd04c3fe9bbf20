#pragma once

#include <napi.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

namespace cl_torch::node {

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();

// Reads the properties of an options object; each reader throws INVALID_ARGUMENT naming the property, what is
// allowed and what was found.
class Options {
 public:
  // `call` names the function in messages.
  Options(const Napi::CallbackInfo& info, const char* call);

  bool has(const char* key) const { return !property(key).IsUndefined(); }
  bool is_null(const char* key) const { return property(key).IsNull(); }
  bool is_array(const char* key) const { return property(key).IsArray(); }
  // A number between 0 and 1.
  bool is_share(const char* key) const;
  bool is_text(const char* key) const { return property(key).IsString(); }
  std::vector<std::string> names() const;  // of its own enumerable properties
  // An object inside this one; messages name its properties `key.property` or `key[i].property`.
  Options object(const char* key) const;
  std::vector<Options> objects(const char* key) const;
  std::string text(const char* key) const;
  std::vector<std::string> texts(const char* key) const;
  // The index of the word that was found.
  size_t one_of(const char* key, std::initializer_list<const char*> words) const;
  // The same of each of an array's.
  std::vector<size_t> each_one_of(const char* key, std::initializer_list<const char*> words) const;
  bool boolean(const char* key) const;
  double number(const char* key) const;
  double number_from(const char* key, double least, double most = kNoLimit) const;  // both ends included
  double number_above(const char* key, double bound) const;
  int64_t integer(const char* key, int64_t least, int64_t most) const;
  std::vector<int64_t> integers(const char* key, int64_t least, int64_t most, uint32_t fewest = 0) const;
  std::vector<double> numbers(const char* key) const;  // one or more
  std::vector<float> float32s(const char* key) const;
  std::vector<std::vector<float>> float32_arrays(const char* key) const;
  Napi::Uint8Array bytes(const char* key) const;
  std::vector<int32_t> int32s(const char* key) const;
  std::vector<int32_t> int32s_or_bytes(const char* key) const;
  // An object that was tagged so.
  Napi::Object tagged(const char* key, const napi_type_tag& tag, const char* expected) const;
  // A Uint8Array or a Float32Array.
  Napi::TypedArray numbers_or_bytes(const char* key) const;

  // Throws INVALID_ARGUMENT: the property must be what `expected` says.
  [[noreturn]] void reject(const char* key, const std::string& expected) const { reject(key, expected, property(key)); }

 private:
  Options(const Options& outer, const std::string& name, const Napi::Value& value);

  Napi::Value property(const char* key) const;
  size_t word(const Napi::Value& value, const std::string& name, std::initializer_list<const char*> words) const;
  int64_t checked_integer(const Napi::Value& value, const std::string& name, int64_t least, int64_t most) const;
  [[noreturn]] void reject(const std::string& name, const std::string& expected, const Napi::Value& found) const;

  Napi::Env env_;
  const char* call_;
  std::string prefix_;  // of an inner object
  Napi::Object object_;
};

// Largest integer a double holds exactly.
inline constexpr int64_t kMaxSafeInteger = (int64_t{1} << 53) - 1;

}  // namespace cl_torch::node
