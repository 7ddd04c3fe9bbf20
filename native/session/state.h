#pragma once

// What Session's calls share; included by the files that implement them.

#include <ATen/ATen.h>

#include <chrono>
#include <map>
#include <optional>
#include <span>

#include "base/error.h"
#include "engine/choice.h"
#include "engine/engine.h"
#include "methods/lfd/direction.h"
#include "methods/objective.h"
#include "nn/factory.h"
#include "session/session.h"
#include "session/vectors.h"
#include "system/float32_products.h"

namespace cl_torch {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// A session's objective with the vectors that its settings name.
struct BuiltObjective {
  std::optional<OffDirectionPenalty> off_direction;
  std::vector<QuadraticPenalty> quadratics;
  at::Tensor path;
  std::optional<PathScore> score;
  std::optional<GateTerms> gates;
  at::Tensor own_mask;  // that the settings name
  at::Tensor mask;      // the same, with the frozen parameters
};

struct Session::State {
  State(const std::string& device_name, Membership joined) : device(device_name), membership(std::move(joined)) {}

  template <typename Item>
  Item& item(std::map<int64_t, Item>& items, int64_t id, const char* kind) {
    const auto found = items.find(id);
    if (found == items.end()) reject("There is no " + std::string(kind) + " with the id " + std::to_string(id) + ".");
    return found->second;
  }

  TaskView& view(int64_t id) { return item(views, id, "view"); }

  Network& require_network() {
    if (!network) reject("The session has no model yet: call createModel first.");
    return *network;
  }

  // What an engine is asked for by a network on the session's device.
  EngineDemand demand_of(const NetworkSpec& spec, std::vector<ObjectivePart> objective = {},
                         bool augmentation = false) const {
    return {spec.kind, settings_beyond_plain(spec), device.str(), augmentation, std::move(objective)};
  }

  // Throws unless this session can train such a network with such an engine.
  void require_engine(const NetworkSpec& spec, const EngineOptions& options) const {
    const bool is_fused = options.kind == EngineKind::kFused;
    if (membership && !is_fused) {
      reject("The sessions of a training group train with the fused engine; 'engine' names another.");
    }
    if (options.precision != Precision::kFp32 && device.is_cpu()) {
      reject("Only a GPU has another precision than fp32, which 'precision' asks for.");
    }
    if (is_fused) require_fused(demand_of(spec));
  }

  // Has LibTorch compute in the precision that such an engine needs. Throws while another session needs another.
  void require_products(const EngineOptions& options) {
    // The fused engine's products in tf32 are its own; what it leaves to LibTorch is not rounded.
    const bool rounds = options.kind == EngineKind::kAutograd && options.precision == Precision::kTf32;
    if (device.is_cuda()) products.need(rounds);
  }

  // Throws unless such an engine can train by this objective, whose vectors are among these.
  void require_objective(const NetworkSpec& spec, const EngineOptions& options, const ObjectiveSettings& wanted,
                         const Vectors& its_vectors) const {
    require_vectors(wanted, its_vectors);
    require_binary(wanted.batch, spec.classes);
    for (const MemoryDraw& draw : wanted.draws) require_binary(draw.loss, spec.classes);
    if (options.kind == EngineKind::kFused) require_fused(demand_of(spec, parts_of(wanted)));
  }

  // Throws unless such an engine can train by an optimiser with these options.
  void require_optimizer(const NetworkSpec& spec, const EngineOptions& options, const OptimizerOptions& wanted) const {
    if (options.kind != EngineKind::kFused) return;
    EngineDemand demand = demand_of(spec);
    demand.clips_gradient = wanted.clip_gradient != 0;
    require_fused(demand);
  }

  // The engine for a network of this session's; every network that it is to have passes here first.
  std::unique_ptr<Engine> engine_for(const EngineOptions& options, Network& its_network) const {
    require_engine(its_network.spec(), options);
    return make_engine(options, its_network);
  }

  // Ends the network, and what refers to it or is laid out like it.
  void clear_network() {
    built.reset();
    settings = {};
    vectors.clear();
    kept_buffers = at::Tensor();
    optimizer.reset();
    engine.reset();
    network.reset();
  }

  // Ends what was kept for the network: the memory, and all stored outputs.
  void clear_memory() {
    memory = Memory();
    for (auto& [id, view] : views) view.set_targets({});
  }

  // Puts a network in the place of the session's, with an engine of its own.
  void install(std::unique_ptr<Network> fresh, const EngineOptions& options) {
    auto its_engine = engine_for(options, *fresh);
    require_products(options);
    its_engine->set_micro_batch_size(micro_batch_size);
    clear_network();
    network = std::move(fresh);
    engine = std::move(its_engine);
    engine_options = options;
  }

  // A vector of the session's, or the network's own parameters.
  at::Tensor values_of(const std::string& name) {
    Network& its_network = require_network();
    if (name == kParameters) return its_network.parameters().values();
    const auto found = vectors.find(name);
    if (found != vectors.end()) return found->second.values;
    std::string known;
    for (const auto& [other, vector] : vectors) known += (known.empty() ? "" : ", ") + other;
    reject("The session has no vector '" + name + "'; it has " + (known.empty() ? "none" : known) +
           ". Make it first, by copying the parameters, for example.");
  }

  // The same, to be changed.
  at::Tensor changed(const std::string& name) {
    if (name != kParameters) built.reset();
    return values_of(name);
  }

  // The same; made, of zeros, where there is none.
  at::Tensor target(const std::string& name) {
    if (name != kParameters && !vectors.contains(name)) {
      require_vector_name(name);
      put(name, {at::zeros_like(require_network().parameters().values()), Growth::kZeros});
    }
    return changed(name);
  }

  void put(const std::string& name, Vector vector) {
    built.reset();
    vectors.insert_or_assign(name, std::move(vector));
  }

  // In the arithmetic of the session's engine.
  Sphere sphere(bool per_tensor, double radius) {
    return {parts_of(require_network().parameters(), per_tensor), radius, engine->arithmetic()};
  }

  // What training minimises beside the cross-entropy, by the vectors as they are now.
  Objective objective() {
    if (!built) build_objective();
    Objective result;
    if (built->off_direction) result.off_direction = &*built->off_direction;
    result.quadratics = built->quadratics;
    result.path = built->path;
    if (settings.path) result.path_gradient = settings.path->gradient;
    if (built->score) result.score = &*built->score;
    if (built->gates) result.gates = &*built->gates;
    result.mask = built->mask;
    if (settings.mask_hides) result.hiding = built->own_mask;
    if (!settings.batch.is_plain()) result.batch = &settings.batch;
    result.version = objective_version;
    return result;
  }

  void build_objective();

  // The mask where it hides parameters; else undefined.
  at::Tensor hiding() { return settings.mask_hides ? objective().hiding : at::Tensor(); }

  void set_objective(ObjectiveSettings wanted) {
    require_objective(require_network().spec(), engine_options, wanted, vectors);
    adopt(std::move(wanted));
  }

  // Takes an objective that was found right; when it throws, nothing has changed.
  void adopt(ObjectiveSettings wanted) {
    network->freeze(wanted.frozen);
    settings = std::move(wanted);
    built.reset();
  }

  // Throws unless the network can be measured on the view.
  void require_fit(const TaskView& view) { require_fit(view, require_network()); }

  static void require_fit(const TaskView& view, const Network& its_network) {
    if (view.features() != its_network.inputs()) {
      reject("The data has " + std::to_string(view.features()) + " features, but the model takes " +
             std::to_string(its_network.inputs()) + ".");
    }
    const int64_t largest = view.label_bounds().second;
    if (largest >= its_network.classes()) {
      reject("The data has the label " + std::to_string(largest) + ", but the model has " +
             std::to_string(its_network.classes()) + " classes, numbered from 0.");
    }
    for (const ClassRange& range : {view.classes(), view.own_classes().value_or(ClassRange{})}) {
      if (range.begin < its_network.classes()) continue;
      reject("A view's classes begin at " + std::to_string(range.begin) + ", but the model has " +
             std::to_string(its_network.classes()) + " classes, numbered from 0.");
    }
  }

  // Throws unless the network has a loss on the view: the labels must be among the classes that it goes over.
  void require_loss(const TaskView& view) {
    require_fit(view);
    const auto [least, largest] = view.label_bounds();
    const auto& [begin, end] = view.classes();
    if (least >= begin && largest < end) return;
    reject("The view's labels go from " + std::to_string(least) + " to " + std::to_string(largest) +
           ", but its loss goes over the classes from " + std::to_string(begin) + " to " + std::to_string(end - 1) +
           ": setClasses widens them.");
  }

  // Throws unless a network with so many classes has those that the loss goes over by sigmoids.
  static void require_binary(const BatchLoss& loss, int64_t classes) {
    if (!loss.binary || loss.binary->end <= classes) return;
    reject("The binary cross-entropy goes over the classes up to " + std::to_string(loss.binary->end - 1) +
           ", but the model has " + std::to_string(classes) + " classes, numbered from 0.");
  }

  // Throws unless stored outputs of the view's rows are there for a loss.
  static void require_targets(const TaskView& view, int64_t rows, const BatchLoss& loss, const std::string& missing);

  // The same of the memory's examples.
  void require_memory_targets(const BatchLoss& loss) const;

  // Throws unless the memory has examples of these numbers.
  void require_examples(const std::string& call, const std::vector<int64_t>& examples) const;

  // Draws of the objective that an epoch has: those that are learnt by, from a memory that has examples or gets some.
  std::vector<MemoryDraw> epoch_draws(const EpochOptions& options) const;

  // The views that an epoch goes over; throws where it cannot.
  std::vector<const TaskView*> epoch_views(const std::vector<int64_t>& ids);
  // Throws unless the network's inputs are such images, and the engine can place them.
  void require_augmentation(const Augmentation& augmentation) const;
  // Throws unless an epoch can go over the memory's examples,
  void require_memory() const;
  // and unless the memory can be a reservoir meanwhile, if it shall.
  void require_reservoir(const EpochOptions& options) const;

  // Trains by the plan. The outcome's seconds are missing, and whether the last step left finite numbers.
  EpochOutcome train(const EpochPlan& plan, std::span<const MemoryDraw> draws, const EpochOptions& options,
                     Observer& caller);

  static void require_row(const TaskView& view, int64_t row) {
    if (row < 0 || row >= view.rows()) {
      reject("The view has no row " + std::to_string(row) + ": it has " + std::to_string(view.rows()) + ".");
    }
  }

  c10::Device device;
  Membership membership;
  int threads = 1;
  // By their ids, which are never given twice.
  std::map<int64_t, std::shared_ptr<Dataset>> datasets;
  std::map<int64_t, TaskView> views;
  int64_t next_dataset = 0;
  int64_t next_view = 0;
  std::optional<RandomStreams> streams;
  EngineOptions engine_options;
  Float32Products products;
  int64_t micro_batch_size = 0;
  std::unique_ptr<Network> network;
  std::unique_ptr<Engine> engine;        // refers to the network
  std::unique_ptr<Optimizer> optimizer;  // refers to the network's parameters, like what follows
  Memory memory;
  Vectors vectors;
  at::Tensor kept_buffers;              // undefined: none
  ObjectiveSettings settings;           // of the objective: they name vectors of these
  std::optional<BuiltObjective> built;  // by them; anew when a vector has changed
  int64_t objective_version = 0;        // how often it was built
};

}  // namespace cl_torch
