#pragma once

#include <memory>

#include "lfd_options.h"
#include "options.h"

namespace cl_torch {

// Everything one training thread works on: device, random streams, data, model and optimiser. Not thread-safe: all
// calls, the constructor's included, come from the one thread whose team it forms. This header keeps LibTorch out of
// the files that include it.
class Session {
 public:
  // `device`: `cpu` or `cuda:N`; `threads`: size of the calling thread's CPU team.
  Session(const std::string& device, int threads);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int64_t load_dataset(DatasetBytes bytes);                                         // its id
  int64_t add_view(int64_t dataset, const std::vector<int32_t>& permutation);       // its id
  void create_model(const std::vector<int64_t>& layers, uint64_t seed);
  // New classes: the output layer grows, and w_t, where it is set, by the same freshly initialised rows. The optimiser,
  // the direction and the penalty end, because their vectors no longer fit.
  void grow_head(int64_t classes);
  void create_optimizer(const AdamWOptions& options);
  // `rehearsal`: examples of the memory that join every batch; 0 for none.
  EpochOutcome train_epoch(int64_t view, int64_t batch_size, int64_t rehearsal, Observer& observer);
  EvaluationOutcome evaluate(const std::vector<int64_t>& views, int64_t batch_size, Observer& observer);
  std::vector<NamedTensor> parameters() const;
  // `values`: every parameter, in the order of parameters(), flattened.
  void set_parameters(const std::vector<std::vector<float>>& values);

  // The order of an epoch over the view is drawn and dropped.
  void skip_order(int64_t view);
  void add_memory(int64_t view, const std::vector<int64_t>& rows);
  void set_anchor();  // w_t: the parameters now
  DirectionOutcome find_direction(const DirectionOptions& options, const std::vector<std::vector<float>>& start,
                                  Observer& observer);
  std::vector<NamedTensor> direction() const;
  void set_penalty(const std::optional<PenaltyOptions>& options);
  double deviation() const;  // ||delta|| of the parameters now
  EquilibriumOutcome find_equilibrium_point(const EquilibriumOptions& options, Observer& observer);

  // Bytes of host memory held by data, parameters and moments; 0 where they live on a GPU.
  int64_t host_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cl_torch
