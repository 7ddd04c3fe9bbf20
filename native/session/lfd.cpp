// Session's calls on the parameters, the memory, the direction and the equilibrium point.
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "base/named_tensors.h"
#include "data/class_mask.h"
#include "methods/hidden_parameters.h"
#include "methods/lfd/equilibrium.h"
#include "session/state.h"

namespace cl_torch {
namespace {

// Lets BatchNorm use the statistics of each batch while a search lasts.
class SearchStatistics {
 public:
  SearchStatistics(LossFunction& loss_function, bool of_batch) : loss_function_(loss_function) {
    loss_function_.use_batch_statistics(of_batch);
  }
  ~SearchStatistics() { loss_function_.use_batch_statistics(false); }
  SearchStatistics(const SearchStatistics&) = delete;
  SearchStatistics& operator=(const SearchStatistics&) = delete;

 private:
  LossFunction& loss_function_;
};

constexpr size_t kRowsAtOnce = 512;  // of an importance: bounds its memory

// For each row a label by the probabilities that the network gives, with one draw of the stream.
at::Tensor drawn_labels(Engine& engine, Network& network, const at::Generator& stream, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  const at::Tensor logits = masked_logits(engine.logits(network, batch.inputs), batch.classes);
  const at::Tensor shares = engine.arithmetic().softmax(logits).to(at::kCPU, at::kDouble).cumsum(1);
  const int64_t rows = shares.size(0);
  const at::Tensor draws = at::rand({rows, 1}, stream, at::TensorOptions(at::kDouble));
  // Of the classes whose shares end at or below the draw, none is the one; rounding may leave the sum of all below 1.
  const at::Tensor labels = shares.le(draws * shares.narrow(1, shares.size(1) - 1, 1)).sum(1);
  return labels.to(batch.labels.options());
}

}  // namespace

double Session::gradient(int64_t view_id, const std::vector<int64_t>& rows, const std::string& target) {
  const TaskView& view = state_->view(view_id);
  state_->require_loss(view);
  if (rows.empty()) reject("The gradient needs at least one row.");
  RunList list;
  for (const int64_t row : rows) {
    State::require_row(view, row);
    list.add(view, row);
  }
  BatchReader reader;
  const at::Tensor& parameters = state_->network->parameters().values();
  at::Tensor gradient = at::zeros_like(parameters);
  const at::Tensor hiding = state_->hiding();
  HiddenParameters hidden(parameters, hiding);
  hidden.hide();
  const double loss = state_->engine->add_gradient(parameters, reader.read({list.rows(), list.runs()}), 1, gradient);
  if (hiding.defined()) gradient.mul_(hiding);
  state_->target(target).copy_(gradient);
  return loss;
}

std::vector<NamedTensor> Session::parameters() const {
  const ParameterVector& parameters = state_->require_network().parameters();
  return named(parameters, parameters.values());
}

bool Session::is_finite() const {
  const Network& network = state_->require_network();
  for (const at::Tensor& values : {network.parameters().values(), network.buffers().values()}) {
    if (values.numel() == 0) continue;
    const auto [least, greatest] = values.aminmax();
    if (!std::isfinite(least.item<float>()) || !std::isfinite(greatest.item<float>())) return false;
  }
  return true;
}

void Session::set_parameters(const std::vector<std::vector<float>>& values) {
  ParameterVector& parameters = state_->require_network().parameters();
  parameters.values().copy_(from_lists(parameters, values));
}

std::vector<NamedTensor> Session::buffers() const {
  const TensorVector& buffers = state_->require_network().buffers();
  return named(buffers, buffers.values());
}

void Session::set_buffers(const std::vector<std::vector<float>>& values) {
  const TensorVector& buffers = state_->require_network().buffers();
  buffers.values().copy_(from_lists(buffers, values, "buffer"));
}

void Session::skip_order(int64_t view) { state_->streams->shuffled_order(state_->view(view).rows()); }

DirectionOutcome Session::find_direction(const DirectionOptions& options, const std::vector<std::vector<float>>& start,
                                         Observer& observer) {
  const Stopwatch stopwatch;
  Network& network = state_->require_network();
  const RandomStreams& streams = *state_->streams;
  const auto previous = state_->vectors.find(kDirection);
  const at::Tensor layers = options.layers ? state_->values_of(*options.layers) : at::Tensor();
  LessForgettingDirection direction(network.parameters(), options, layers,
                                    options.training_stream ? streams.device() : streams.method_device(),
                                    state_->engine->arithmetic());
  if (!start.empty()) direction.set(from_lists(network.parameters(), start));
  const at::Tensor& parameters = network.parameters().values();
  const SearchStatistics statistics(*state_->engine, options.batch_statistics);
  DirectionOutcome outcome =
      direction.search(*state_->engine, parameters, state_->memory, options, streams.method(), observer);
  if (previous != state_->vectors.end() && options.smoothing > 0) {
    direction.smooth(previous->second.values, options.smoothing);
    if (!state_->memory.empty())
      outcome.objective_last = direction.objective(*state_->engine, parameters, state_->memory, options);
  }
  state_->put(kDirection, {direction.value(), Growth::kEnds});
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

void Session::importance(int64_t view_id, const std::vector<int64_t>& rows, ImportanceKind kind,
                         const std::string& target, Observer& observer) {
  const TaskView& view = state_->view(view_id);
  state_->require_loss(view);
  if (rows.empty()) reject("The importance needs at least one row.");
  for (const int64_t row : rows) State::require_row(view, row);
  const at::Tensor& parameters = state_->network->parameters().values();
  at::Tensor importance = at::zeros_like(parameters);
  const ImportanceOptions options{kind, 1 / static_cast<double>(rows.size()), state_->network->classes()};
  BatchReader reader;
  const at::Tensor hiding = state_->hiding();
  HiddenParameters hidden(parameters, hiding);
  hidden.hide();
  for (size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
    observer.stop_if_cancelled();
    RunList list;
    for (size_t i = begin; i < std::min(begin + kRowsAtOnce, rows.size()); ++i) list.add(view, rows[i]);
    Batch batch = reader.read({list.rows(), list.runs()});
    if (kind == ImportanceKind::kSampled) {
      batch.labels = drawn_labels(*state_->engine, *state_->network, state_->streams->method(), batch);
    }
    state_->engine->add_importance(parameters, batch, options, importance, observer);
  }
  if (hiding.defined()) importance.mul_(hiding);
  state_->target(target).copy_(importance);
}

void Session::keep_buffers() { state_->kept_buffers = state_->require_network().buffers().values().clone(); }

void Session::estimate_statistics(const std::vector<int64_t>& views, int64_t batch_size, Observer& observer) {
  Network& network = state_->require_network();
  for (const int64_t id : views) state_->require_fit(state_->view(id));
  if (network.buffers().segments().empty()) return;
  network.set_generator(state_->streams->method_device());
  std::vector<int64_t> all(static_cast<size_t>(state_->memory.size()));
  std::iota(all.begin(), all.end(), 0);
  const c10::NoGradGuard no_grad;
  BatchReader reader;
  int64_t batches = 0;
  const auto learn = [&](const RunList& list) {
    observer.stop_if_cancelled();
    if (list.size() < network.least_training_rows()) return;
    network.set_norm_momentum(1 / static_cast<double>(++batches));
    network.forward(reader.read({list.rows(), list.runs()}).inputs, Mode::kTraining);
    network.set_norm_momentum(Network::kNormMomentum);
  };
  const auto size = static_cast<size_t>(batch_size);
  for (size_t begin = 0; begin < all.size(); begin += size) {
    RunList list;
    state_->memory.list(std::span(all).subspan(begin, std::min(size, all.size() - begin)), list);
    learn(list);
  }
  for (const int64_t id : views) {
    const TaskView& view = state_->view(id);
    for (int64_t begin = 0; begin < view.rows(); begin += batch_size) {
      RunList list;
      for (int64_t row = begin; row < std::min(begin + batch_size, view.rows()); ++row) list.add(view, row);
      learn(list);
    }
  }
  if (batches == 0) reject("There are no examples, in the memory or the views, to estimate running statistics from.");
}

EquilibriumOutcome Session::find_equilibrium_point(const EquilibriumOptions& options, Observer& observer) {
  const Stopwatch stopwatch;
  Network& network = state_->require_network();
  if (state_->memory.empty()) reject("The equilibrium point needs a memory: call addMemory first.");
  at::Tensor anchor = state_->values_of(options.anchor);
  if (options.layers) {
    anchor = at::where(state_->values_of(*options.layers).ne(0), anchor, network.parameters().values());
  }
  const at::Tensor buffers = network.buffers().values();
  const at::Tensor latest = buffers.clone();
  const bool interpolates = options.statistics == Statistics::kInterpolated;
  if (interpolates && !state_->kept_buffers.defined()) {
    reject("There are no old running statistics to interpolate from: call keepBuffers at the old parameters first.");
  }
  const auto arrive = [&](double lambda) {
    if (interpolates) buffers.copy_(at::lerp(state_->kept_buffers, latest, std::clamp(lambda, 0.0, 1.0)));
  };
  const SearchStatistics statistics(*state_->engine, options.statistics == Statistics::kBatch);
  EquilibriumOutcome outcome =
      cl_torch::find_equilibrium_point(*state_->engine, network.parameters().values(), anchor, state_->memory, options,
                                       state_->streams->method(), observer, arrive);
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

}  // namespace cl_torch
