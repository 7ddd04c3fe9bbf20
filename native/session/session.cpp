#include "session/session.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/group_trainer.h"
#include "nn/factory.h"
#include "nn/loaded.h"
#include "session/state.h"
#include "system/thread_team.h"

namespace cl_torch {
namespace {

// Ends an epoch that has diverged, where that is wanted, and remembers what the engine tells of its graphs; all else is
// the caller's.
class EpochWatch : public Observer {
 public:
  EpochWatch(Observer& caller, bool stops) : caller_(caller), stops_(stops) {}
  bool cancelled() const override { return caller_.cancelled(); }
  bool report_due() override { return caller_.report_due(); }
  void report(int64_t step, int64_t steps, double loss) override { caller_.report(step, steps, loss); }
  bool accepts(double loss) const override { return !stops_ || std::isfinite(loss); }
  void used_graphs(bool used) override { graphs_ = used; }
  std::optional<bool> graphs() const { return graphs_; }

 private:
  Observer& caller_;
  bool stops_;
  std::optional<bool> graphs_;
};

// Throws INVALID_ARGUMENT when an epoch over so many examples has no step.
StepSizes step_sizes(const EpochOptions& options, int64_t rows) {
  StepSizes sizes{options.batch_size, options.drops_short};
  if (options.most_steps > 0) sizes.most_steps = options.most_steps;
  if (sizes.steps(rows) > 0) return sizes;
  reject("The epoch has no step: there are " + std::to_string(rows) + " examples, fewer than a batch of " +
         std::to_string(options.batch_size) + ", and a short last batch shall be dropped.");
}

// Throws when a step over so many examples would have fewer than the network can be trained on. `remembered`: examples
// of the memory that join each step.
void require_rows(const Network& network, const StepSizes& sizes, int64_t rows, int64_t remembered) {
  const int64_t rest = rows % sizes.batch_size;
  const bool has_short_step = rest > 0 && sizes.steps(rows) > rows / sizes.batch_size;
  const int64_t smallest = (has_short_step ? rest : sizes.batch_size) + remembered;
  const int64_t least = network.least_training_rows();
  if (smallest >= least) return;
  reject("A batch of " + std::to_string(rows) + " examples by " + std::to_string(sizes.batch_size) + " would have " +
         std::to_string(smallest) + " of them, and the network's BatchNorm needs " + std::to_string(least) +
         " or more where its images have shrunk to one pixel: drop the last batch (--last-batch drop), take another "
         "--batch-size, or --norm group.");
}

// Throws unless the network's inputs are such images.
void require_images(const Network& network, const Augmentation& augmentation) {
  const auto& [channels, height, width] = augmentation.image;
  if (channels * height * width == network.inputs() && augmentation.black.size() == static_cast<size_t>(channels)) {
    return;
  }
  reject("The augmentation is for images of " + std::to_string(channels) + " by " + std::to_string(height) + " by " +
         std::to_string(width) + " numbers and has " + std::to_string(augmentation.black.size()) +
         " values of black, one for each channel, but the network's inputs are " + std::to_string(network.inputs()) +
         " numbers.");
}

std::optional<int64_t> first_not_finite(const std::vector<float>& losses) {
  const auto found = std::find_if(losses.begin(), losses.end(), [](float loss) { return !std::isfinite(loss); });
  if (found == losses.end()) return std::nullopt;
  return found - losses.begin();
}

}  // namespace

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
  state_->adopt(std::move(settings));
  state_->optimizer = std::move(optimizer);
}

void Session::create_optimizer(const OptimizerOptions& options, bool keeps) {
  const ParameterVector& parameters = state_->require_network().parameters();
  auto fresh = make_optimizer(parameters, options);
  if (keeps && state_->optimizer) carry_over(parameters, *state_->optimizer, parameters, *fresh);
  state_->optimizer = std::move(fresh);
}

EpochOutcome Session::train_epoch(const EpochOptions& options, Observer& caller) {
  const Stopwatch stopwatch;
  std::vector<const TaskView*> views;
  int64_t rows = 0;
  for (const int64_t id : options.views) {
    views.push_back(&state_->view(id));
    state_->require_loss(*views.back());
    State::require_targets(*views.back(), views.back()->rows(), state_->settings.batch,
                           "The view " + std::to_string(id) + " has no stored outputs to learn by: call takeTargets.");
    rows += views.back()->rows();
  }
  const std::vector<MemoryDraw> draws = state_->epoch_draws();
  if (!state_->optimizer) reject("The session has no optimiser yet: call createOptimizer first.");
  const StepSizes sizes = step_sizes(options, rows);
  require_rows(*state_->network, sizes, rows, std::min(options.rehearsal, state_->memory.size()));
  if (options.augmentation) {
    require_images(*state_->network, *options.augmentation);
    if (state_->engine_options.kind == EngineKind::kFused) {
      require_fused({state_->network->spec().kind, state_->device.str(), false, false, true, {}});
    }
  }
  state_->optimizer->begin_epoch(options.epoch, options.epochs);
  const at::Tensor order = state_->streams->shuffled_order(rows);
  std::optional<MemoryDealer> dealer;
  if (options.rehearsal > 0 && !state_->memory.empty()) {
    dealer.emplace(state_->memory, options.rehearsal, state_->streams->method());
  }
  std::vector<MemorySampler> samplers;
  for (const MemoryDraw& draw : draws) samplers.emplace_back(state_->memory, draw.examples, state_->streams->method());
  EpochPlan plan(views, order, sizes, dealer ? &*dealer : nullptr, samplers);
  if (options.augmentation) {
    plan.augment(*options.augmentation, at::detail::createCPUGenerator(state_->streams->method_seed()));
  }
  // Beside this epoch, which keeps the GPU busy, and not the processors.
  if (!state_->device.is_cpu()) state_->streams->prepare_order(rows);
  EpochWatch observer(caller, options.stops_diverged);
  EpochOutcome outcome;
  outcome.learning_rate = state_->optimizer->learning_rate();
  Objective objective = state_->objective();
  objective.draws = draws;
  const Membership& place = state_->membership;
  outcome.losses =
      place ? place->group->train_epoch({place->member, *state_->engine, plan, *state_->optimizer, objective, observer})
            : state_->engine->train_epoch(plan, *state_->optimizer, objective, observer);
  outcome.diverged = first_not_finite(outcome.losses);
  // An engine may have been some steps further before it knew.
  if (outcome.diverged && options.stops_diverged) outcome.losses.resize(static_cast<size_t>(*outcome.diverged) + 1);
  if (!outcome.diverged && !is_finite()) outcome.diverged = static_cast<int64_t>(outcome.losses.size()) - 1;
  outcome.cuda_graphs = observer.graphs();
  outcome.seconds = stopwatch.seconds();
  return outcome;
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
