#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "methods/objective.h"
#include "optim/optimizer.h"

namespace cl_torch::fused {

// The optimiser and the off-direction penalty in one pass over the parameters: the pass also sums <nu, w - w_t> of the
// new parameters, which the next step's penalty starts from. Or the optimiser under a mask and along a path, where the
// penalty is to be in the gradients already.
class UpdatePass {
 public:
  // All must outlive the object; meanwhile the parameters change only through step().
  UpdatePass(const ParameterVector& parameters, Optimizer& optimizer, const Objective& objective);

  // Whether the loss's gradient, before the penalties' is added to it, is to be noted in each step.
  bool wants_loss_gradient() const { return !loss_gradient_.empty(); }
  void note_loss_gradient();

  // Updates the parameters with their gradients and the penalty's. Returns the penalty before the step.
  double step();

  // After the last one.
  void end_epoch() {
    if (intervals_) intervals_->end_epoch();
  }

 private:
  struct Chunk {
    int64_t begin;
    int64_t count;
    size_t part;  // of the sphere
  };

  void split(int64_t begin, int64_t count, size_t part);
  template <typename Plain>
  void update_watched(const Chunk& chunk, const Plain& update);
  void start_penalty();
  void find_shares();
  double penalty_value() const;

  Optimizer& optimizer_;
  const OffDirectionPenalty* penalty_;  // that is done here
  float* values_;
  float* gradients_;
  float* first_;  // the optimiser's vectors, as many as it has
  float* second_;
  const float* direction_ = nullptr;  // of length 1
  const float* anchor_ = nullptr;
  const float* mask_ = nullptr;
  float* path_ = nullptr;
  std::optional<PathIntervals> intervals_;  // of the path
  float* squares_of_path_ = nullptr;        // theirs
  std::vector<float> loss_gradient_;        // empty: the path goes along the gradients as they are
  std::vector<Chunk> chunks_;
  std::vector<float> products_;  // <direction, w - w_t> of each chunk
  std::vector<float> squares_;   // ||delta||^2 of each chunk
  std::vector<double> lengths_;  // <direction, direction> of each part: 1, rounded
  std::vector<double> shares_;   // <direction, w - w_t> / <direction, direction> of each part
};

}  // namespace cl_torch::fused
