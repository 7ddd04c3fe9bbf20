#pragma once

// Plain types, which need neither LibTorch nor Node-API.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace cl_torch {

// Examples of a data set, copied out of JavaScript's memory.
struct DatasetRows {
  std::variant<std::unique_ptr<uint8_t[]>, std::unique_ptr<float[]>> images;  // rows × features
  std::vector<int32_t> labels;                                                // rows
  int64_t rows = 0;
  int64_t features = 0;
};

// Outputs of a network that stand beside each other, one a class: what a loss and a prediction go over.
struct ClassRange {
  int64_t begin = 0;
  int64_t end = std::numeric_limits<int64_t>::max();  // beyond the network's classes: up to its last one

  bool is_all() const { return begin == 0 && end == std::numeric_limits<int64_t>::max(); }
  bool operator==(const ClassRange&) const = default;
};

// How a task shows a data set.
struct ViewOptions {
  // Input k of the network is number columns[k] of an example; -1 is zero.
  std::vector<int32_t> columns;
  // Rows of the data set, in the view's order; none: all, those included that are added later.
  std::optional<std::vector<int32_t>> rows;
  // labels[c]: what the view calls the data set's label c, -1 where none of its rows has it; none: each as it is.
  std::optional<std::vector<int32_t>> labels;
  // values[256 channel + byte]: what a byte is to the network; none: byte / 255.
  std::optional<std::vector<float>> values;
  // The task's own classes; none: they are not told apart from the others'.
  std::optional<ClassRange> own_classes;
};

// How an epoch shows its examples, which are images, otherwise each time: as crops of the image with a margin around
// it, and from left to right.
struct Augmentation {
  std::array<int64_t, 3> image;  // channels, height, width
  int64_t margin = 0;            // pixels on each side, out of which an image of the same size is cut; 0: none is cut
  bool flips = false;            // half of the images
  std::vector<float> black;      // of each channel, what a pixel of the margin is
};

// The same on the way back.
struct ExampleRows {
  std::variant<std::vector<uint8_t>, std::vector<float>> images;
  std::vector<int32_t> labels;
  int64_t features = 0;
};

}  // namespace cl_torch
