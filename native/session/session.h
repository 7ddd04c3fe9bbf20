#pragma once

#include <memory>

#include "base/observer.h"
#include "data/rows.h"
#include "engine/options.h"
#include "methods/lfd/options.h"
#include "nn/network_spec.h"
#include "optim/optimizer_options.h"
#include "session/outcomes.h"
#include "session/snapshot.h"
#include "session/training_group.h"

namespace cl_torch {

class Dataset;

// Everything one training thread works on: device, random streams, data, model and optimiser. Not thread-safe: all
// calls, the constructor's included, come from the one thread whose team it forms. This header keeps LibTorch out of
// the files that include it.
class Session {
 public:
  // `device`: `cpu` or `cuda:N`; `threads`: size of the calling thread's CPU team, where the system has as many to
  // give.
  Session(const std::string& device, int threads, const Membership& membership);
  ~Session();
  // The team's real size; on a GPU what was asked for.
  int threads() const;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int64_t load_dataset(DatasetRows rows);  // its id
  int64_t load_dataset(const Dataset& shared);
  // Adds rows of the same kind; the data set's views have them then, too.
  void append_dataset(int64_t dataset, DatasetRows rows);
  // Frees a data set and its views. Views of which the memory holds rows stay and shrink to these rows, in the order in
  // which they were added.
  void drop_dataset(int64_t dataset);
  int64_t add_view(int64_t dataset, const ViewOptions& options);  // its id
  // The classes that losses and predictions on the views, and on examples of them in the memory, go over from now on.
  void set_classes(const std::vector<int64_t>& views, const ClassRange& classes);
  ExampleRows read_rows(int64_t view, const std::vector<int64_t>& rows);
  void create_model(const NetworkSpec& network, uint64_t seed, const EngineOptions& engine);
  // The same with these tensors, all that such a network has, in the place of drawn ones.
  void load_model(const NetworkSpec& network, uint64_t seed, const EngineOptions& engine,
                  const std::vector<NamedTensor>& parameters, const std::vector<NamedTensor>& buffers);
  // New classes: the output layer grows, and each vector as its Growth says, the optimiser's by zeros. Penalties end
  // that measure by a vector that ends.
  void grow_head(int64_t classes);
  // `keeps`: of an optimiser that is there and has the same vectors, these and the count of steps stay.
  void create_optimizer(const OptimizerOptions& options, bool keeps);
  // One pass over the examples of all views, or of the memory, shuffled.
  EpochOutcome train_epoch(const EpochOptions& options, Observer& observer);
  EvaluationOutcome evaluate(const EvaluationOptions& options, Observer& observer);
  // [rows × classes], row-major. The labels do not matter.
  std::vector<float> predict(DatasetRows rows, Output output, Observer& observer);
  // The most probable class of each row, with the probabilities if they are wanted. The labels do not matter.
  ClassesOutcome classify(DatasetRows rows, bool probabilities, Observer& observer);
  // How well the network does on rows of which it does not hold a data set.
  ScoreOutcome score(DatasetRows rows, Observer& observer);
  // Mean cross-entropy of these rows of the view at the parameters now; its gradient becomes the vector `target`.
  double gradient(int64_t view, const std::vector<int64_t>& rows, const std::string& target);
  // The vector `target` becomes the mean over these rows of the squares of the gradient of -log p(label | row): the
  // diagonal of the Fisher information at the parameters now.
  void importance(int64_t view, const std::vector<int64_t>& rows, ImportanceKind kind, const std::string& target,
                  Observer& observer);
  std::vector<NamedTensor> parameters() const;
  // Whether every parameter is a finite number.
  bool is_finite() const;
  // `values`: every parameter, in the order of parameters(), flattened.
  void set_parameters(const std::vector<std::vector<float>>& values);
  // What the network keeps beside its parameters; set_buffers() takes them like set_parameters().
  std::vector<NamedTensor> buffers() const;
  // A copy of them, for a search that goes back to them; snapshots have it.
  void keep_buffers();
  // They become the means over batches of the memory's examples and then of each view's, as PyTorch's update_bn makes
  // them.
  void estimate_statistics(const std::vector<int64_t>& views, int64_t batch_size, Observer& observer);
  void set_buffers(const std::vector<std::vector<float>>& values);

  // The order of an epoch over the view is drawn and dropped.
  void skip_order(int64_t view);
  // `targets`: the network's outputs for them are stored beside them.
  void add_memory(int64_t view, const std::vector<int64_t>& rows, bool targets, Observer& observer);
  // The memory's examples are numbered in the order in which they were added; these stay, each named once.
  void keep_memory(const std::vector<int64_t>& examples);
  MemoryInfo memory_info() const;
  // The class of each example of the memory, in order.
  std::vector<int32_t> memory_labels() const;
  // What the network's last layer takes of these rows of the view.
  Features features(int64_t view, const std::vector<int64_t>& rows, Observer& observer);
  // Stores the network's outputs for all rows of the view, in the place of earlier ones.
  void take_targets(int64_t view, Observer& observer);
  void drop_targets(int64_t view);
  // The same of the memory's examples, by their numbers.
  Features memory_features(const std::vector<int64_t>& examples, Observer& observer);
  void take_memory_targets(Observer& observer);
  void drop_memory_targets();
  DirectionOutcome find_direction(const DirectionOptions& options, const std::vector<std::vector<float>>& start,
                                  Observer& observer);
  void set_penalties(const std::vector<PenaltySettings>& penalties);
  // The path's vector is made where there is none.
  void set_path(const std::optional<PathSettings>& path);
  // `hides`: parameters at which it is 0 count as 0 to losses, importances and outputs that are stored.
  void set_mask(const std::optional<std::string>& mask, bool hides);
  // Gates of the hidden units; a network of another shape than they need is refused.
  void set_gates(const std::optional<GateSettings>& gates);
  // Parameters' tensors that do not move, by their names.
  void set_frozen(const std::vector<std::string>& names);
  // Of the session's engines from now on: Engine::set_micro_batch_size.
  void set_micro_batch_size(int64_t rows);
  void set_batch_loss(const BatchLoss& loss);
  void set_draws(const std::vector<MemoryDraw>& draws);
  double deviation() const;  // ||delta|| of the parameters now
  EquilibriumOutcome find_equilibrium_point(const EquilibriumOptions& options, Observer& observer);

  // Vectors laid out like the parameters, by names; "parameters" are the network's own. `per_tensor`: for each
  // parameter tensor by itself instead of for all as one. A target that is only written is made where there is none.
  std::vector<std::string> vector_names() const;
  std::vector<NamedTensor> vector(const std::string& name) const;
  void set_vector(const std::string& target, const std::vector<std::vector<float>>& values);
  void fill_vector(const std::string& target, double value);
  void copy_vector(const std::string& source, const std::string& target);
  void drop_vector(const std::string& name);
  // target += factor source; one factor, or one a tensor.
  void add_vector(const std::string& target, const std::string& source, const std::vector<double>& factors);
  void scale_vector(const std::string& target, const std::vector<double>& factors);
  void multiply_vector(const std::string& target, const std::string& source);
  void divide_vector(const std::string& target, const std::string& source);
  std::vector<double> dot_vectors(const std::string& left, const std::string& right, bool per_tensor) const;
  std::vector<double> norm_vector(const std::string& name, bool per_tensor) const;
  void project_vector(const std::string& target, const std::string& point, bool per_tensor);
  void retract_vector(const std::string& target, double radius, bool per_tensor);
  // target = what the parameters are multiplied by where the hidden units have these gates (methods/unit_gates.h).
  void spread_gates(const std::string& embedding, const std::string& target, double steepness);

  SessionSnapshot export_state() const;
  // Model, optimiser and what else the snapshot holds replace the session's own; training goes on bit for bit like the
  // session that made it. The views that its memory names must be there. When it does not fit, nothing changes.
  void import_state(const SessionSnapshot& snapshot);

  // Bytes of host memory held by data, parameters and moments; 0 where they live on a GPU.
  int64_t host_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cl_torch
