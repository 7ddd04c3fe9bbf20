// Session's call that trains an epoch.
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>

#include "data/reservoir.h"
#include "engine/autograd/fitting_rows.h"
#include "engine/group_trainer.h"
#include "session/state.h"

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

std::optional<int64_t> first_not_finite(const std::vector<float>& losses) {
  const auto found = std::find_if(losses.begin(), losses.end(), [](float loss) { return !std::isfinite(loss); });
  if (found == losses.end()) return std::nullopt;
  return found - losses.begin();
}

// Where outputs for what a reservoir takes are stored; undefined: nowhere.
at::Tensor reservoir_targets(const EpochOptions& options, const Network& network) {
  if (!options.stores_outputs) return {};
  return at::zeros({options.reservoir, network.classes()}, network.parameters().values().options());
}

// What follows a step that did not fit: how many examples would. Empty where it cannot be told, and where so many have
// just been refused. `micro_batch_size`: the engine's, which stays.
std::string fitting_sentence(Engine& engine, Network& network, int64_t refused, int64_t micro_batch_size) {
  std::optional<int64_t> fitting;
  try {
    engine.set_micro_batch_size(0);
    fitting = fitting_rows(engine, network);
  } catch (...) {
    if (current_failure().code != code::kOutOfMemory) throw;
    // Not even a few examples fit, so that there is nothing to advise.
  }
  engine.set_micro_batch_size(micro_batch_size);
  if (!fitting || *fitting >= refused) return "";
  return " By the memory that is left, about " + std::to_string(*fitting) +
         " examples pass the network at once: --micro-batch-size " + std::to_string(*fitting) + ".";
}

}  // namespace

std::vector<const TaskView*> Session::State::epoch_views(const std::vector<int64_t>& ids) {
  std::vector<const TaskView*> result;
  for (const int64_t id : ids) {
    const TaskView& its_view = view(id);
    require_loss(its_view);
    require_targets(its_view, its_view.rows(), settings.batch,
                    "The view " + std::to_string(id) + " has no stored outputs to learn by: call takeTargets.");
    result.push_back(&its_view);
  }
  return result;
}

// Throws unless the network's inputs are such images.
void Session::State::require_augmentation(const Augmentation& augmentation) const {
  const auto& [channels, height, width] = augmentation.image;
  if (channels * height * width != network->inputs() || augmentation.black.size() != static_cast<size_t>(channels)) {
    reject("The augmentation is for images of " + std::to_string(channels) + " by " + std::to_string(height) + " by " +
           std::to_string(width) + " numbers and has " + std::to_string(augmentation.black.size()) +
           " values of black, one for each channel, but the network's inputs are " + std::to_string(network->inputs()) +
           " numbers.");
  }
  if (engine_options.kind != EngineKind::kFused) return;
  require_fused(demand_of(network->spec(), {}, true));
}

void Session::State::require_memory() const {
  if (memory.empty()) reject("The epoch goes over the memory's examples, and there are none.");
  require_memory_targets(settings.batch);
}

void Session::State::require_reservoir(const EpochOptions& options) const {
  if (options.reservoir == 0) return;
  if (options.of_memory || options.joins_memory) {
    reject("A reservoir is offered examples of views, and the epoch goes over the memory's.");
  }
  if (memory.size() > options.reservoir) {
    reject("The memory has " + std::to_string(memory.size()) + " examples, more than the reservoir's " +
           std::to_string(options.reservoir) + ": keepMemory makes it smaller.");
  }
  if (options.stores_outputs && engine_options.kind == EngineKind::kFused) {
    require_fused(demand_of(network->spec(), {ObjectivePart::kDraws}));
  }
}

EpochOutcome Session::train_epoch(const EpochOptions& options, Observer& caller) {
  const Stopwatch stopwatch;
  State& state = *state_;
  const JoinedViews views(state.epoch_views(options.views));
  if (options.of_memory) state.require_memory();
  if (options.joins_memory) state.require_memory_targets(state.settings.batch);
  const JoinedStores with_memory(views, state.memory);
  const bool learns_memory = options.of_memory || options.joins_memory;
  const ExampleStore& store = learns_memory ? static_cast<const ExampleStore&>(with_memory) : views;
  if (!state.optimizer) reject("The session has no optimiser yet: call createOptimizer first.");
  state.require_reservoir(options);
  const std::vector<MemoryDraw> draws = state.epoch_draws(options);
  const int64_t rows = store.size();
  const StepSizes sizes = step_sizes(options, rows);
  require_rows(*state.network, sizes, rows, std::min(options.rehearsal, state.memory.size()));
  if (options.augmentation) state.require_augmentation(*options.augmentation);
  state.network->set_generator(state.streams->device());
  state.optimizer->begin_epoch(options.epoch, options.epochs);
  const at::Tensor order = state.streams->shuffled_order(rows);

  const at::Generator& generator = state.streams->method();
  std::optional<Reservoir> reservoir;
  if (options.reservoir > 0) {
    reservoir.emplace(state.memory, options.reservoir, Reservoir::Source{views, options.views},
                      reservoir_targets(options, *state.network), generator);
  }
  const ExampleStore& remembered = reservoir ? static_cast<const ExampleStore&>(*reservoir) : state.memory;
  std::vector<MemorySampler> samplers;
  for (const MemoryDraw& draw : draws) samplers.emplace_back(remembered, draw.drawn(), generator);
  std::optional<MemoryDealer> dealer;
  std::optional<MemorySampler> joined;  // of a memory that changes from step to step there are no passes
  EpochMemory memory{{}, samplers, reservoir ? &*reservoir : nullptr};
  if (options.rehearsal > 0 && reservoir) {
    joined.emplace(remembered, options.rehearsal, generator);
    memory.join = [&](RunList& batch) { joined->draw(batch); };
  } else if (options.rehearsal > 0 && !state.memory.empty()) {
    dealer.emplace(state.memory, options.rehearsal, generator);
    memory.join = [&](RunList& batch) { dealer->deal(batch); };
  }
  EpochPlan plan(store, order, sizes, memory);
  if (options.augmentation) {
    plan.augment(*options.augmentation, at::detail::createCPUGenerator(state.streams->method_seed()));
  }
  // Beside this epoch, which keeps the GPU busy, and not the processors.
  if (!state.device.is_cpu()) state.streams->prepare_order(rows);
  EpochOutcome outcome = state.train(plan, draws, options, caller);
  if (!outcome.diverged && !is_finite()) outcome.diverged = static_cast<int64_t>(outcome.losses.size()) - 1;
  const bool is_whole = static_cast<int64_t>(outcome.losses.size()) == plan.steps();
  if (reservoir && is_whole) state.memory = reservoir->take();
  outcome.seconds = stopwatch.seconds();
  return outcome;
}

EpochOutcome Session::State::train(const EpochPlan& plan, std::span<const MemoryDraw> draws,
                                   const EpochOptions& options, Observer& caller) {
  EpochWatch observer(caller, options.stops_diverged);
  EpochOutcome outcome;
  outcome.learning_rate = optimizer->learning_rate();
  Objective its_objective = objective();
  its_objective.draws = draws;
  try {
    outcome.losses =
        membership
            ? membership->group->train_epoch({membership->member, *engine, plan, *optimizer, its_objective, observer})
            : engine->train_epoch(plan, *optimizer, its_objective, observer);
  } catch (...) {
    const Failure failure = current_failure();
    if (failure.code != code::kOutOfMemory || engine_options.kind == EngineKind::kFused) throw;
    // Examples that the memory draws beside a batch have graphs of their own at the same time, unless parts are taken.
    int64_t refused = options.batch_size + options.rehearsal;
    for (const MemoryDraw& draw : draws) refused += draw.drawn();
    if (micro_batch_size > 0) refused = std::min(refused, micro_batch_size);
    throw Error(code::kOutOfMemory, failure.message + fitting_sentence(*engine, *network, refused, micro_batch_size));
  }
  outcome.diverged = first_not_finite(outcome.losses);
  // An engine may have been some steps further before it knew.
  if (outcome.diverged && options.stops_diverged) outcome.losses.resize(static_cast<size_t>(*outcome.diverged) + 1);
  outcome.cuda_graphs = observer.graphs();
  return outcome;
}

}  // namespace cl_torch
