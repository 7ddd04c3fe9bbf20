#include "session/session.h"

#include <algorithm>
#include <set>

#include "nn/factory.h"
#include "nn/loaded.h"
#include "session/state.h"
#include "system/thread_team.h"

namespace cl_torch {

Session::Session(const std::string& device, int threads, const Membership& membership)
    : state_(std::make_unique<State>(device, membership)) {
  // A GPU session's thread only launches kernels, and the driver's threads would inherit its binding.
  state_->threads = state_->device.is_cpu() ? form_thread_team(threads) : threads;
}

Session::~Session() = default;

int Session::threads() const { return state_->threads; }

void Session::create_model(const NetworkSpec& spec, uint64_t seed, const EngineOptions& engine) {
  (void)network_layout(spec);  // what cannot be made is refused before the old network goes,
  state_->require_engine(spec, engine);
  state_->require_products(engine);
  state_->clear_network();  // which makes room for the new one
  state_->clear_memory();
  state_->streams.emplace(seed, state_->device);
  state_->install(make_network(spec, *state_->streams, state_->device), engine);
}

void Session::load_model(const NetworkSpec& spec, uint64_t seed, const EngineOptions& engine,
                         const std::vector<NamedTensor>& parameters, const std::vector<NamedTensor>& buffers) {
  (void)network_layout(spec);
  state_->require_engine(spec, engine);
  auto network = loaded_network(spec, parameters, buffers, state_->device);
  state_->require_products(engine);
  state_->clear_network();
  state_->clear_memory();
  state_->streams.emplace(seed, state_->device);
  state_->install(std::move(network), engine);
}

void Session::grow_head(int64_t classes) {
  const Network& old = state_->require_network();
  if (classes <= old.classes()) {
    reject("The head has " + std::to_string(old.classes()) + " classes and can only grow; found " +
           std::to_string(classes) + ".");
  }
  auto grown = grown_network(old, classes, *state_->streams);
  const at::Tensor kept_buffers = state_->kept_buffers;  // which no layer of the classes has
  Vectors vectors = grown_vectors(state_->vectors, old, *grown);
  ObjectiveSettings settings = state_->settings;
  std::erase_if(settings.penalties, [&](const PenaltySettings& penalty) {
    const std::vector<std::string> names = vectors_of(penalty);
    return !std::all_of(names.begin(), names.end(), [&](const std::string& name) { return vectors.contains(name); });
  });
  std::unique_ptr<Optimizer> optimizer;
  if (state_->optimizer) {
    optimizer = make_optimizer(grown->parameters(), state_->optimizer->options());
    carry_over(old.parameters(), *state_->optimizer, grown->parameters(), *optimizer);
  }
  state_->install(std::move(grown), state_->engine_options);
  state_->vectors = std::move(vectors);
  state_->kept_buffers = kept_buffers;
  state_->adopt(std::move(settings));
  state_->optimizer = std::move(optimizer);
}

void Session::create_optimizer(const OptimizerOptions& options, bool keeps) {
  const Network& network = state_->require_network();
  state_->require_optimizer(network.spec(), state_->engine_options, options);
  const ParameterVector& parameters = network.parameters();
  auto fresh = make_optimizer(parameters, options);
  if (keeps && state_->optimizer) carry_over(parameters, *state_->optimizer, parameters, *fresh);
  state_->optimizer = std::move(fresh);
}

EvaluationOutcome Session::evaluate(const EvaluationOptions& options, Observer& observer) {
  const Stopwatch stopwatch;
  for (const int64_t id : options.views) state_->require_fit(state_->view(id));
  EvaluationOutcome outcome;
  for (const int64_t id : options.views) {
    TaskView& view = state_->view(id);
    if (options.draws) state_->streams->unshuffled_pass();
    const CorrectRows correct = state_->engine->count_correct(view, options.batch_size, observer);
    outcome.correct.push_back(static_cast<double>(correct.in_classes));
    outcome.correct_in_own.push_back(static_cast<double>(correct.in_own));
    outcome.total.push_back(static_cast<double>(view.rows()));
  }
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

int64_t Session::host_bytes() const {
  if (!state_->device.is_cpu()) return 0;
  int64_t bytes = 0;
  std::set<const Dataset*> datasets;
  for (const auto& [id, dataset] : state_->datasets) datasets.insert(dataset.get());
  for (const auto& [id, view] : state_->views) datasets.insert(&view.dataset());
  for (const Dataset* dataset : datasets) bytes += dataset->bytes();
  bytes += memory_info().target_bytes;
  if (state_->network) {
    const auto vector_bytes = static_cast<int64_t>(state_->network->parameters().values().nbytes());
    const size_t vectors = state_->vectors.size() + (state_->optimizer ? state_->optimizer->vectors().size() : 0);
    bytes += vector_bytes * static_cast<int64_t>(2 + vectors);  // values, gradients, the session's, the optimiser's
  }
  return bytes;
}

}  // namespace cl_torch
