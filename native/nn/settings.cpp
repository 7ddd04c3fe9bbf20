#include "nn/settings.h"

#include <algorithm>

#include "base/error.h"

namespace cl_torch {

void Settings::require_known(std::initializer_list<const char*> names, const std::string& described) const {
  for (const auto& [name, setting] : spec_.settings) {
    const bool is_known =
        std::any_of(names.begin(), names.end(), [&known = name](const char* each) { return known == each; });
    if (!is_known) refuse("has of its own " + described + ", and nothing else; found '" + name + "'");
  }
}

double Settings::share(const char* name) const {
  const auto share = value<double>(name, "a number above 0 and below 1");
  if (share <= 0 || share >= 1) refuse("has '" + std::string(name) + "', a number above 0 and below 1");
  return share;
}

int64_t Settings::number(const char* name) const {
  const auto number = value<int64_t>(name, "a whole number from 1");
  if (number < 1) refuse("has '" + std::string(name) + "', a whole number from 1; found " + std::to_string(number));
  return number;
}

const std::vector<int64_t>& Settings::numbers(const char* name, const std::string& meaning) const {
  const auto& numbers = value<std::vector<int64_t>>(name, "a list of " + meaning);
  for (const int64_t number : numbers) {
    if (number < 1) refuse("has '" + std::string(name) + "', each from 1; found " + std::to_string(number));
  }
  return numbers;
}

const std::string& Settings::word(const char* name, std::initializer_list<const char*> words) const {
  std::string known;
  for (const char* each : words) known += (known.empty() ? "" : " or ") + std::string(each);
  const auto& word = value<std::string>(name, known);
  const bool is_known = std::any_of(words.begin(), words.end(), [&](const char* each) { return word == each; });
  if (!is_known) refuse("has '" + std::string(name) + "', " + known + "; found '" + word + "'");
  return word;
}

void Settings::require_images() const {
  if (spec_.input.size() == 3) return;
  refuse("takes images, so that its input is [channels, height, width]; found [" + std::to_string(spec_.inputs()) +
         "]");
}

template <typename Value>
const Value& Settings::value(const char* name, const std::string& expected) const {
  const auto found = spec_.settings.find(name);
  const auto* value = found == spec_.settings.end() ? nullptr : std::get_if<Value>(&found->second);
  if (!value) refuse("has of its own '" + std::string(name) + "', " + expected);
  return *value;
}

void Settings::refuse(const std::string& problem) const {
  reject("A network of the kind '" + spec_.kind + "' " + problem + ".");
}

}  // namespace cl_torch
