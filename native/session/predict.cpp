// Session's calls on rows that are not kept: outputs, classes and how many of them are right.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "session/chunks.h"
#include "session/state.h"

namespace cl_torch {
namespace {

// Rows on the device for as long as a call takes, their columns as they are.
TaskView passing_view(DatasetRows rows, const c10::Device& device) {
  std::vector<int32_t> columns(static_cast<size_t>(rows.features));
  std::iota(columns.begin(), columns.end(), 0);
  ViewOptions options;
  options.columns = std::move(columns);
  return {std::make_shared<const Dataset>(std::move(rows), device), options};
}

template <typename Value>
void append(std::vector<Value>& target, const at::Tensor& tensor) {
  const at::Tensor values = tensor.cpu().contiguous();
  const Value* data = values.const_data_ptr<Value>();
  target.insert(target.end(), data, data + values.numel());
}

// Tells the visitor the logits and the labels, some rows at a time.
template <typename Visitor>
void for_each_chunk(const TaskView& view, Engine& engine, Network& network, Observer& observer, Visitor&& visit) {
  const c10::NoGradGuard no_grad;
  const int64_t step = rows_at_once(network);
  const at::Tensor all_rows = view.dataset_rows();
  BatchReader reader;
  for (int64_t begin = 0; begin < view.rows(); begin += step) {
    observer.stop_if_cancelled();
    const Run run{&view, begin, std::min(begin + step, view.rows())};
    const Batch batch = reader.read({all_rows, {&run, 1}});
    visit(engine.logits(network, batch.inputs), batch.labels);
  }
}

// What of each row's logits is highest, and where: the first of several equals. A NaN counts as the highest.
struct Peaks {
  explicit Peaks(const at::Tensor& logits)
      : position(logits.argmax(1)), value(logits.gather(1, position.unsqueeze(1)).squeeze(1)) {}

  // Where the highest logit is infinite, all probabilities of the row are NaN.
  at::Tensor classes() const { return at::where(value.isfinite(), position, at::full_like(position, kNoClass)); }

  at::Tensor position;
  at::Tensor value;
};

}  // namespace

std::vector<float> Session::predict(DatasetRows rows, Output output, Observer& observer) {
  Network& network = state_->require_network();
  const TaskView view = passing_view(std::move(rows), state_->device);
  state_->require_fit(view);
  std::vector<float> result;
  result.reserve(static_cast<size_t>(view.rows() * network.classes()));
  for_each_chunk(view, *state_->engine, network, observer, [&](const at::Tensor& logits, const at::Tensor&) {
    append(result, output == Output::kProbabilities ? state_->engine->arithmetic().softmax(logits) : logits);
  });
  return result;
}

ClassesOutcome Session::classify(DatasetRows rows, bool probabilities, Observer& observer) {
  Network& network = state_->require_network();
  const TaskView view = passing_view(std::move(rows), state_->device);
  state_->require_fit(view);
  ClassesOutcome outcome;
  outcome.labels.reserve(static_cast<size_t>(view.rows()));
  if (probabilities) outcome.probabilities.reserve(static_cast<size_t>(view.rows() * network.classes()));
  for_each_chunk(view, *state_->engine, network, observer, [&](const at::Tensor& logits, const at::Tensor&) {
    append(outcome.labels, Peaks(logits).classes().to(at::kInt));
    if (probabilities) append(outcome.probabilities, state_->engine->arithmetic().softmax(logits));
  });
  return outcome;
}

ScoreOutcome Session::score(DatasetRows rows, Observer& observer) {
  Network& network = state_->require_network();
  const TaskView view = passing_view(std::move(rows), state_->device);
  state_->require_fit(view);
  ScoreOutcome outcome;
  for_each_chunk(view, *state_->engine, network, observer, [&](const at::Tensor& logits, const at::Tensor& labels) {
    outcome.correct += Peaks(logits).classes().eq(labels).sum().item<int64_t>();
    outcome.loss += state_->engine->arithmetic().cross_entropy(logits, labels);
  });
  return outcome;
}

}  // namespace cl_torch
