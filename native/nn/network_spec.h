#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace cl_torch {

// A network as plain data: all that is needed to make one of its kind, and what files tell of it.
struct NetworkSpec {
  using Setting = std::variant<int64_t, double, std::vector<int64_t>, std::string>;

  std::string kind;                         // nn/factory.cpp lists them
  std::vector<int64_t> input;               // what a row of inputs is: [features] or [channels, height, width]
  int64_t classes = 0;                      // units of the output layer
  std::map<std::string, Setting> settings;  // the kind's own numbers, by their names

  // Numbers in a row of inputs.
  int64_t inputs() const {
    int64_t product = 1;
    for (const int64_t extent : input) product *= extent;
    return product;
  }

  bool operator==(const NetworkSpec&) const = default;
};

}  // namespace cl_torch
