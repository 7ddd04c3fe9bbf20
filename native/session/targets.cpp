// Session's calls on the memory and on stored outputs of the network.
#include <c10/core/GradMode.h>

#include <algorithm>
#include <numeric>

#include "methods/hidden_parameters.h"
#include "session/chunks.h"
#include "session/state.h"

namespace cl_torch {
namespace {

// What an engine's call makes of these rows of the view now: [rows, columns].
template <typename Call>
at::Tensor rows_through(const TaskView& view, const std::vector<int64_t>& rows, int64_t columns, Network& network,
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
    list.add(view, some);
    const at::Tensor made = call(reader.read({list.rows(), list.runs()}).inputs);
    result.narrow(0, static_cast<int64_t>(begin), static_cast<int64_t>(some.size())).copy_(made);
  }
  return result;
}

at::Tensor outputs_for(const TaskView& view, const std::vector<int64_t>& rows, Engine& engine, Network& network,
                       const at::Tensor& hiding, Observer& observer) {
  return rows_through(view, rows, network.classes(), network, hiding, observer,
                      [&](const at::Tensor& inputs) { return engine.logits(network, inputs); });
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
  if (targets) outputs = outputs_for(view, rows, *state_->engine, *state_->network, state_->hiding(), observer);
  state_->memory.add(view_id, view, rows, outputs);
}

void Session::keep_memory(const std::vector<int64_t>& examples) {
  std::vector<int64_t> sorted = examples;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    reject("keepMemory names an example twice.");
  }
  const int64_t size = state_->memory.size();
  if (!sorted.empty() && (sorted.front() < 0 || sorted.back() >= size)) {
    reject("keepMemory names examples from 0 to " + std::to_string(size - 1) + ", as many as the memory has; found " +
           std::to_string(sorted.front() < 0 ? sorted.front() : sorted.back()) + ".");
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
  std::vector<int64_t> rows(static_cast<size_t>(view.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  view.set_targets(outputs_for(view, rows, *state_->engine, *state_->network, state_->hiding(), observer));
}

Features Session::features(int64_t view_id, const std::vector<int64_t>& rows, Observer& observer) {
  const TaskView& view = state_->view(view_id);
  state_->require_fit(view);
  for (const int64_t row : rows) State::require_row(view, row);
  Network& network = *state_->network;
  const at::Tensor values =
      rows_through(view, rows, network.feature_count(), network, state_->hiding(), observer,
                   [&](const at::Tensor& inputs) { return state_->engine->features(network, inputs); })
          .cpu();
  const float* data = values.const_data_ptr<float>();
  return {{data, data + values.numel()}, network.feature_count()};
}

void Session::drop_targets(int64_t view) { state_->view(view).set_targets({}); }

}  // namespace cl_torch
