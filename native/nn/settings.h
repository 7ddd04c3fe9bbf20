#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "nn/network_spec.h"

namespace cl_torch {

// Reads what a network of its kind has of its own; throws INVALID_ARGUMENT that names the setting.
class Settings {
 public:
  explicit Settings(const NetworkSpec& spec) : spec_(spec) {}

  // Whether there is a setting of this name.
  bool has(const char* name) const { return spec_.settings.contains(name); }
  // Above 0 and below 1.
  double share(const char* name) const;
  // From 1.
  int64_t number(const char* name) const;
  // Each from 1; none or more of them. `meaning`: for messages, what they are a list of.
  const std::vector<int64_t>& numbers(const char* name, const std::string& meaning) const;
  // One of the words.
  const std::string& word(const char* name, std::initializer_list<const char*> words) const;

  // Throws where there is another than these. `described`: they in words, for the message.
  void require_known(std::initializer_list<const char*> names, const std::string& described) const;

  // Throws unless the network's inputs are images: [channels, height, width].
  void require_images() const;

 private:
  template <typename Value>
  const Value& value(const char* name, const std::string& expected) const;
  [[noreturn]] void refuse(const std::string& problem) const;

  const NetworkSpec& spec_;
};

}  // namespace cl_torch
