#include "node/dataset_rows.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "node/convert.h"
#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

// The caller may change, transfer or drop its arrays while the call is queued, so they are copied here.
template <typename Value>
std::unique_ptr<Value[]> copy_values(const Napi::TypedArrayOf<Value>& array) {
  auto copy = std::make_unique_for_overwrite<Value[]>(array.ElementLength());
  std::copy_n(array.Data(), array.ElementLength(), copy.get());
  return copy;
}

void require_finite(Napi::Env env, const char* call, const float* values, int64_t count, int64_t features) {
  const float* wrong = std::find_if(values, values + count, [](float value) { return !std::isfinite(value); });
  if (wrong == values + count) return;
  const int64_t position = wrong - values;
  throw invalid(env, std::string(call) + ": every input must be a finite number; found " +
                         (std::isnan(*wrong) ? "NaN"
                          : *wrong > 0       ? "Infinity"
                                             : "-Infinity") +
                         " in row " + std::to_string(position / features) + ", column " +
                         std::to_string(position % features) + " (from 0).");
}

// `rows` and `features` of the images are known.
void copy_images(Napi::Env env, const Options& options, const char* call, DatasetRows& target) {
  const Napi::TypedArray array = options.numbers_or_bytes("images");
  const auto values = static_cast<int64_t>(array.ElementLength());
  if (target.rows == 0 || values / target.features != target.rows || values % target.features != 0) {
    throw invalid(env, std::string(call) + ": 'images' must hold rows × features = " + std::to_string(target.rows) +
                           " × " + std::to_string(target.features) + " values, at least one row; found " +
                           std::to_string(values) + ".");
  }
  if (array.TypedArrayType() == napi_uint8_array) {
    target.images = copy_values(array.As<Napi::Uint8Array>());
    return;
  }
  auto numbers = copy_values(array.As<Napi::Float32Array>());
  require_finite(env, call, numbers.get(), values, target.features);
  target.images = std::move(numbers);
}

}  // namespace

DatasetRows copy_dataset(Napi::Env env, const Options& options, const char* call) {
  DatasetRows rows;
  rows.features = options.integer("features", 1, kWidestLayer);
  rows.labels = options.int32s_or_bytes("labels");
  rows.rows = static_cast<int64_t>(rows.labels.size());
  for (size_t row = 0; row < rows.labels.size(); ++row) {
    if (rows.labels[row] >= 0 && rows.labels[row] < kWidestLayer) continue;
    throw invalid(env, std::string(call) + ": 'labels' must hold class indices from 0 to " +
                           std::to_string(kWidestLayer - 1) + "; found " + std::to_string(rows.labels[row]) +
                           " in row " + std::to_string(row) + " (from 0).");
  }
  copy_images(env, options, call, rows);
  return rows;
}

DatasetRows copy_inputs(Napi::Env env, const Options& options, const char* call) {
  DatasetRows rows;
  rows.features = options.integer("features", 1, kWidestLayer);
  rows.rows = static_cast<int64_t>(options.numbers_or_bytes("images").ElementLength()) / rows.features;
  copy_images(env, options, call, rows);
  rows.labels.resize(static_cast<size_t>(rows.rows));
  return rows;
}

}  // namespace cl_torch::node
