#include "engine/fused/cuda/row_targets.h"

#include "engine/fused/cuda/device.h"

namespace cl_torch::fused {
namespace {

constexpr int kWarpsPerBlock = 4;

__device__ int lane_of_warp() { return static_cast<int>(threadIdx.x % kWarp); }

__device__ bool has(const ClassBounds& range, int64_t k) { return k >= range.begin && k < range.end; }

// A softmax over a range of values, each times `factor`: its terms are exp(factor value - largest) / sum.
struct Softmax {
  float largest;
  float sum;

  __device__ float power(float scaled) const { return expf(scaled - largest); }
};

template <typename Value>
__device__ Softmax softmax_of(const ClassBounds& range, float factor, const Value& value) {
  Softmax result{-INFINITY, 0};
  for (int64_t k = range.begin + lane_of_warp(); k < range.end; k += kWarp) {
    result.largest = fmaxf(result.largest, value(k) * factor);
  }
  result.largest = warp_max(result.largest);
  for (int64_t k = range.begin + lane_of_warp(); k < range.end; k += kWarp)
    result.sum += result.power(value(k) * factor);
  result.sum = warp_sum(result.sum);
  return result;
}

// A row's gradient by one output, and what the output adds to the row's loss.
struct Output {
  float gradient = 0;
  float loss = 0;
};

// By the whole warp, each lane for an output of its own, `k`. `share`: of the row in the mean.
template <typename Logit>
__device__ void add_term(const TargetTerm& term, const Logit& logit, const float* targets, int64_t k, float share,
                         Output& output) {
  const float slope = term.slope * share;
  if (!term.is_soft) {
    if (!has(term.classes, k)) return;
    const float difference = logit(k) - __ldg(targets + k);
    output.gradient += slope * (2 * difference);
    output.loss += term.share * difference * difference;
    return;
  }
  const Softmax q = softmax_of(term.classes, term.factor, logit);
  const Softmax p = softmax_of(term.known, term.factor, [targets](int64_t i) { return __ldg(targets + i); });
  if (has(term.classes, k)) output.gradient += slope / q.sum * q.power(logit(k) * term.factor);
  if (!has(term.known, k)) return;
  const float probability = p.power(__ldg(targets + k) * term.factor) / p.sum;
  output.gradient -= slope * probability;
  output.loss += term.share * probability * (logf(q.sum) - (logit(k) * term.factor - q.largest));
}

// A warp for each row.
template <typename T>
__global__ void __launch_bounds__(kWarpsPerBlock* kWarp) row_targets(const RowTargetsArguments arguments) {
  const CrossEntropyArguments& batch = arguments.cross_entropy;
  const int64_t row = global_thread() / kWarp;
  if (row >= batch.rows) return;
  const int64_t place = blockIdx.y * batch.rows + row;
  const int64_t offset = blockIdx.y * matrix_stride(batch.rows, batch.classes) + row * batch.classes;
  const float* logits = batch.logits + offset;
  const float* bias = batch.bias + blockIdx.y * batch.models.stride;
  const auto logit = [logits, bias](int64_t k) { return logits[k] + bias[k]; };
  ClassBounds range = batch.ranges[place];
  if (range.end > batch.classes) range.end = static_cast<int32_t>(batch.classes);
  const Softmax softmax = softmax_of(range, 1, logit);
  const int64_t label = batch.labels[place];
  const float scale = arguments.terms.cross_entropy * batch.scale;
  const float* targets = row < arguments.own ? arguments.targets[place] : nullptr;
  const float share = 1 / static_cast<float>(arguments.own);
  float loss = 0;
  for (int64_t first = 0; first < batch.classes; first += kWarp) {
    const int64_t k = first + lane_of_warp();
    Output output;
    if (has(range, k)) output.gradient = scale / softmax.sum * softmax.power(logit(k)) - (k == label ? scale : 0);
    for (int n = 0; targets && n < arguments.terms.count; ++n) {
      add_term(arguments.terms.targets[n], logit, targets, k, share, output);
    }
    if (k < batch.classes) store(static_cast<T*>(batch.gradient) + offset + k, output.gradient);
    loss += output.loss;
  }
  loss = warp_sum(loss) * share * static_cast<float>(batch.rows);
  if (lane_of_warp() > 0) return;
  batch.losses[place] = arguments.terms.cross_entropy * (logf(softmax.sum) - (logit(label) - softmax.largest)) + loss;
}

}  // namespace

void launch_row_targets(const RowTargetsArguments& arguments, cudaStream_t stream) {
  const CrossEntropyArguments& batch = arguments.cross_entropy;
  const auto kernel = batch.element == Element::kFloat32 ? row_targets<float> : row_targets<__nv_bfloat16>;
  const dim3 blocks = model_grid(blocks_for(batch.rows, kWarpsPerBlock), batch.models.count);
  launch(kernel, blocks, kWarpsPerBlock * kWarp, stream, arguments);
}

}  // namespace cl_torch::fused
