// Session's calls on the memory and on stored outputs of the network.
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "methods/hidden_parameters.h"
#include "session/chunks.h"
#include "session/state.h"

namespace cl_torch {
namespace {

// What an engine's call makes of these examples now, in the order in which they are named: [rows, columns].
template <typename Call>
at::Tensor rows_through(const ExampleStore& store, const std::vector<int64_t>& rows, int64_t columns, Network& network,
                        const at::Tensor& hiding, Observer& observer, Call&& call) {
  const c10::NoGradGuard no_grad;
  HiddenParameters hidden(network.parameters().values(), hiding);
  hidden.hide();
  const at::Tensor result =
      at::empty({static_cast<int64_t>(rows.size()), columns}, network.parameters().values().options());
  const auto step = static_cast<size_t>(rows_at_once(network));
  BatchReader reader;
  for (size_t begin = 0; begin < rows.size(); begin += step) {
    observer.stop_if_cancelled();
    const auto some = std::span(rows).subspan(begin, std::min(step, rows.size() - begin));
    RunList list;
    for (const int64_t row : some) store.list({&row, 1}, list);
    const at::Tensor made = call(reader.read({list.rows(), list.runs()}).inputs);
    result.narrow(0, static_cast<int64_t>(begin), static_cast<int64_t>(some.size())).copy_(made);
  }
  return result;
}

at::Tensor outputs_for(const ExampleStore& store, const std::vector<int64_t>& rows, Engine& engine, Network& network,
                       const at::Tensor& hiding, Observer& observer) {
  return rows_through(store, rows, network.classes(), network, hiding, observer,
                      [&](const at::Tensor& inputs) { return engine.logits(network, inputs); });
}

// Those of all examples of the store.
at::Tensor outputs_for(const ExampleStore& store, Engine& engine, Network& network, const at::Tensor& hiding,
                       Observer& observer) {
  std::vector<int64_t> rows(static_cast<size_t>(store.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return outputs_for(store, rows, engine, network, hiding, observer);
}

Features features_of(const ExampleStore& store, const std::vector<int64_t>& rows, Engine& engine, Network& network,
                     const at::Tensor& hiding, Observer& observer) {
  const at::Tensor values =
      rows_through(store, rows, network.feature_count(), network, hiding, observer, [&](const at::Tensor& inputs) {
        return engine.features(network, inputs);
      }).cpu();
  const float* data = values.const_data_ptr<float>();
  return {{data, data + values.numel()}, network.feature_count()};
}

int64_t bytes_of(const TaskView& view) {
  return view.targets().defined() ? static_cast<int64_t>(view.targets().nbytes()) : 0;
}

}  // namespace

void Session::add_memory(int64_t view_id, const std::vector<int64_t>& rows, bool targets, Observer& observer) {
  const TaskView& view = state_->view(view_id);
  state_->require_loss(view);
  for (const int64_t row : rows) State::require_row(view, row);
  at::Tensor outputs;
  if (targets) {
    outputs = outputs_for(JoinedViews({&view}), rows, *state_->engine, *state_->network, state_->hiding(), observer);
  }
  state_->memory.add(view_id, view, rows, outputs);
}

void Session::keep_memory(const std::vector<int64_t>& examples) {
  state_->require_examples("keepMemory", examples);
  std::vector<int64_t> sorted = examples;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    reject("keepMemory names an example twice.");
  }
  state_->memory.keep(sorted);
}

MemoryInfo Session::memory_info() const {
  MemoryInfo info{state_->memory.size(), 0, state_->memory.offered()};
  for (const Memory::Part& part : state_->memory.parts()) info.target_bytes += bytes_of(part.view);
  for (const auto& [id, view] : state_->views) info.target_bytes += bytes_of(view);
  return info;
}

std::vector<int32_t> Session::memory_labels() const { return state_->memory.labels(); }

void Session::take_targets(int64_t view_id, Observer& observer) {
  TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  view.set_targets(outputs_for(JoinedViews({&view}), *state_->engine, *state_->network, state_->hiding(), observer));
}

void Session::take_memory_targets(Observer& observer) {
  Network& network = state_->require_network();
  state_->memory.set_targets(outputs_for(state_->memory, *state_->engine, network, state_->hiding(), observer));
}

Features Session::features(int64_t view_id, const std::vector<int64_t>& rows, Observer& observer) {
  const TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  for (const int64_t row : rows) State::require_row(view, row);
  return features_of(JoinedViews({&view}), rows, *state_->engine, *state_->network, state_->hiding(), observer);
}

Features Session::memory_features(const std::vector<int64_t>& examples, Observer& observer) {
  Network& network = state_->require_network();
  state_->require_examples("memoryFeatures", examples);
  return features_of(state_->memory, examples, *state_->engine, network, state_->hiding(), observer);
}

void Session::drop_targets(int64_t view) { state_->view(view).set_targets({}); }

void Session::drop_memory_targets() { state_->memory.set_targets({}); }

void Session::State::require_examples(const std::string& call, const std::vector<int64_t>& examples) const {
  const int64_t size = memory.size();
  for (const int64_t example : examples) {
    if (0 <= example && example < size) continue;
    reject(call + " names examples from 0 to " + std::to_string(size - 1) + ", as many as the memory has; found " +
           std::to_string(example) + ".");
  }
}

}  // namespace cl_torch
