#include "node/arguments.h"

#include <cmath>
#include <sstream>

#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

std::string describe(const Napi::Value& value) {
  if (value.IsNumber() || value.IsBoolean() || value.IsUndefined() || value.IsNull()) {
    return value.ToString().Utf8Value();
  }
  if (value.IsString()) return std::string("'").append(value.As<Napi::String>().Utf8Value()).append("'");
  if (value.IsTypedArray()) return "a typed array of another type";
  if (value.IsArray()) return "an array";
  return "a value of another type";
}

std::string shown(double bound) {
  std::ostringstream text;
  text << bound;
  return text.str();
}

}  // namespace

Options::Options(const Napi::CallbackInfo& info, const char* call) : env_(info.Env()), call_(call) {
  if (!info[0].IsObject()) throw invalid(env_, std::string(call) + " takes an options object.");
  object_ = info[0].As<Napi::Object>();
}

Options::Options(const Options& outer, const std::string& name, const Napi::Value& value)
    : env_(outer.env_), call_(outer.call_), prefix_(outer.prefix_ + name + ".") {
  if (!value.IsObject()) outer.reject(name, "an object", value);
  object_ = value.As<Napi::Object>();
}

Options Options::object(const char* key) const { return {*this, key, property(key)}; }

std::vector<Options> Options::objects(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsArray()) reject(key, "an array of objects", value);
  const auto array = value.As<Napi::Array>();
  std::vector<Options> objects;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    objects.push_back({*this, std::string(key) + "[" + std::to_string(i) + "]", array.Get(i)});
  }
  return objects;
}

std::vector<std::string> Options::names() const {
  const Napi::Array keys = object_.GetPropertyNames();
  std::vector<std::string> names;
  for (uint32_t i = 0; i < keys.Length(); ++i) names.push_back(keys.Get(i).ToString().Utf8Value());
  return names;
}

Napi::Value Options::property(const char* key) const { return object_.Get(key); }

void Options::reject(const std::string& name, const std::string& expected, const Napi::Value& found) const {
  throw invalid(
      env_, std::string(call_) + ": '" + prefix_ + name + "' must be " + expected + "; found " + describe(found) + ".");
}

std::string Options::text(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsString()) reject(key, "a string", value);
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object Options::tagged(const char* key, const napi_type_tag& tag, const char* expected) const {
  const Napi::Value value = property(key);
  if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&tag)) reject(key, expected, value);
  return value.As<Napi::Object>();
}

size_t Options::one_of(const char* key, std::initializer_list<const char*> words) const {
  return word(property(key), key, words);
}

std::vector<size_t> Options::each_one_of(const char* key, std::initializer_list<const char*> words) const {
  const Napi::Value value = property(key);
  if (!value.IsArray()) reject(key, "an array of words", value);
  const auto array = value.As<Napi::Array>();
  std::vector<size_t> indices;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    indices.push_back(word(array.Get(i), std::string(key) + "[" + std::to_string(i) + "]", words));
  }
  return indices;
}

bool Options::is_share(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsNumber()) return false;
  const double number = value.As<Napi::Number>().DoubleValue();
  return number > 0 && number < 1;
}

std::vector<std::string> Options::texts(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsArray()) reject(key, "an array of texts", value);
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value text = array.Get(i);
    if (!text.IsString()) reject(std::string(key) + "[" + std::to_string(i) + "]", "a text", text);
    texts.push_back(text.As<Napi::String>().Utf8Value());
  }
  return texts;
}

size_t Options::word(const Napi::Value& value, const std::string& name,
                     std::initializer_list<const char*> words) const {
  std::string expected;
  size_t index = 0;
  for (const char* word : words) {
    if (value.IsString() && value.As<Napi::String>().Utf8Value() == word) return index;
    expected += (index++ == 0 ? "'" : ", '");
    expected += word;
    expected += "'";
  }
  reject(name, "one of " + expected, value);
}

double Options::number(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsNumber() || !std::isfinite(value.As<Napi::Number>().DoubleValue())) {
    reject(key, "a finite number", value);
  }
  return value.As<Napi::Number>().DoubleValue();
}

double Options::number_from(const char* key, double least, double most) const {
  const double number = this->number(key);
  if (number < least || number > most) {
    reject(key, most == kNoLimit ? shown(least) + " or more" : "from " + shown(least) + " to " + shown(most));
  }
  return number;
}

double Options::number_above(const char* key, double bound) const {
  const double number = this->number(key);
  if (!(number > bound)) reject(key, "above " + shown(bound));
  return number;
}

bool Options::boolean(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsBoolean()) reject(key, "true or false", value);
  return value.As<Napi::Boolean>();
}

int64_t Options::checked_integer(const Napi::Value& value, const std::string& name, int64_t least, int64_t most) const {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  const bool allowed =
      number == std::trunc(number) && number >= static_cast<double>(least) && number <= static_cast<double>(most);
  if (!allowed) {
    reject(name, "an integer from " + std::to_string(least) + " to " + std::to_string(most), value);
  }
  return static_cast<int64_t>(number);
}

int64_t Options::integer(const char* key, int64_t least, int64_t most) const {
  return checked_integer(property(key), key, least, most);
}

std::vector<int64_t> Options::integers(const char* key, int64_t least, int64_t most, uint32_t fewest) const {
  const Napi::Value value = property(key);
  if (!value.IsArray()) reject(key, "an array of integers", value);
  const uint32_t count = value.As<Napi::Array>().Length();
  if (count < fewest) {
    throw invalid(env_, std::string(call_) + ": '" + prefix_ + key + "' must hold at least " + std::to_string(fewest) +
                            " integers; found " + std::to_string(count) + ".");
  }
  const auto array = value.As<Napi::Array>();
  std::vector<int64_t> numbers;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const std::string name = std::string(key) + "[" + std::to_string(i) + "]";
    numbers.push_back(checked_integer(array.Get(i), name, least, most));
  }
  return numbers;
}

std::vector<double> Options::numbers(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsArray() || value.As<Napi::Array>().Length() == 0) reject(key, "an array of one or more numbers", value);
  const auto array = value.As<Napi::Array>();
  std::vector<double> numbers;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value item = array.Get(i);
    if (!item.IsNumber() || !std::isfinite(item.As<Napi::Number>().DoubleValue())) {
      reject(std::string(key) + "[" + std::to_string(i) + "]", "a finite number", item);
    }
    numbers.push_back(item.As<Napi::Number>().DoubleValue());
  }
  return numbers;
}

std::vector<float> Options::float32s(const char* key) const {
  const Napi::Value value = property(key);
  const bool right = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
  if (!right) reject(key, "a Float32Array", value);
  const auto array = value.As<Napi::Float32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

std::vector<std::vector<float>> Options::float32_arrays(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsArray()) reject(key, "an array of Float32Arrays", value);
  const auto array = value.As<Napi::Array>();
  std::vector<std::vector<float>> lists;
  for (uint32_t i = 0; i < array.Length(); ++i) {
    const Napi::Value item = array.Get(i);
    const bool right = item.IsTypedArray() && item.As<Napi::TypedArray>().TypedArrayType() == napi_float32_array;
    if (!right) reject(std::string(key) + "[" + std::to_string(i) + "]", "a Float32Array", item);
    const auto list = item.As<Napi::Float32Array>();
    lists.emplace_back(list.Data(), list.Data() + list.ElementLength());
  }
  return lists;
}

Napi::Uint8Array Options::bytes(const char* key) const {
  const Napi::Value value = property(key);
  const bool right = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  if (!right) reject(key, "a Uint8Array", value);
  return value.As<Napi::Uint8Array>();
}

std::vector<int32_t> Options::int32s(const char* key) const {
  const Napi::Value value = property(key);
  const bool right = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_int32_array;
  if (!right) reject(key, "an Int32Array", value);
  const auto array = value.As<Napi::Int32Array>();
  return {array.Data(), array.Data() + array.ElementLength()};
}

std::vector<int32_t> Options::int32s_or_bytes(const char* key) const {
  const Napi::Value value = property(key);
  const bool are_bytes = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
  if (are_bytes) {
    const auto array = value.As<Napi::Uint8Array>();
    return {array.Data(), array.Data() + array.ElementLength()};
  }
  const bool right = value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_int32_array;
  if (!right) reject(key, "a Uint8Array or an Int32Array", value);
  return int32s(key);
}

Napi::TypedArray Options::numbers_or_bytes(const char* key) const {
  const Napi::Value value = property(key);
  if (!value.IsTypedArray()) reject(key, "a Uint8Array or a Float32Array", value);
  const auto array = value.As<Napi::TypedArray>();
  const napi_typedarray_type type = array.TypedArrayType();
  if (type != napi_uint8_array && type != napi_float32_array) reject(key, "a Uint8Array or a Float32Array", value);
  return array;
}

}  // namespace cl_torch::node
