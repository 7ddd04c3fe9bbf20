#pragma once

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/error.h"
#include "engine/cuda_graphs.h"
#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/resources.h"
#include "engine/fused/cuda/row_targets.h"
#include "engine/fused/cuda/update.h"

namespace cl_torch::fused {

// A step's rows, and those of them that its batch terms go over.
struct StepRows {
  int64_t all = 0;
  int64_t own = 0;
  bool operator==(const StepRows&) const = default;
};

// Everything that the kernels of a few training steps are given: a graph that was captured with equal arguments does
// the same.
struct StepArguments {
  std::vector<StepRows> rows;  // of each step, and of the step behind them: 0 at the end of an epoch
  Selection selection;
  UpdatePointers update;
  BatchTerms terms;
  float* losses;
  int64_t generation;  // of the network's buffers
  int64_t steps() const { return static_cast<int64_t>(rows.size()) - 1; }
  bool operator==(const StepArguments&) const = default;
};

// Groups of training steps as CUDA graphs. Arguments that are new run as they are, which also loads the kernels; when
// they come again the steps are captured, and from then on replayed. A group that cannot be captured runs as it is each
// time. `Arguments` have `rows`, a number of `steps()`, and all else that the steps depend on. `Captured` has
// `capture(place, enqueue)` and `launch(place)`, the place being what its kind of graph needs: a stream, for example.
template <typename Arguments, typename Captured>
class StepGraphs {
 public:
  // Whether what came again was replayed, as far as there was something.
  bool in_use() const {
    return wanted_ && std::none_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.refused; });
  }

  // `enqueue(next, is_captured)` gives the stream the work of the steps that `arguments` say, and moves `next` behind
  // each of them. So does run(), also where it throws.
  template <typename Place, typename Enqueue>
  void run(const Arguments& arguments, Place& place, int64_t& next, const Enqueue& enqueue) {
    Step* step = wanted_ ? find(arguments) : nullptr;
    if (step && !step->graph && !step->refused) capture(*step, place, enqueue);
    if (step && step->graph) {
      step->graph->launch(place);
      next += arguments.steps();
      return;
    }
    enqueue(next, false);
    if (wanted_ && !step) remember(arguments);  // it has run: nothing is loaded or chosen in a capture
  }

 private:
  static constexpr size_t kMost = 16;  // shapes of groups; an epoch has one, and one at its end

  struct Step {
    Arguments arguments;
    std::optional<Captured> graph;
    bool refused = false;
  };

  template <typename Place, typename Enqueue>
  static void capture(Step& step, Place& place, const Enqueue& enqueue) {
    try {
      int64_t captured = 0;
      step.graph = Captured::capture(place, [&] { enqueue(captured, true); });
    } catch (...) {
      const Failure failure = current_failure();
      if (failure.code == code::kDeviceLost) throw;
      TORCH_WARN_ONCE("Training steps run one by one, because CUDA did not take one as a graph: ", failure.message);
      step.refused = true;
    }
  }

  Step* find(const Arguments& arguments) {
    for (Step& step : steps_) {
      if (step.arguments == arguments) return &step;
    }
    return nullptr;
  }

  // Steps that differ in more than the rows belong to buffers that may be gone.
  void remember(const Arguments& arguments) {
    std::erase_if(steps_, [&](const Step& step) {
      Arguments other = step.arguments;
      other.rows = arguments.rows;
      return !(other == arguments);
    });
    if (steps_.size() == kMost) steps_.erase(steps_.begin());
    steps_.push_back({arguments, std::nullopt});
  }

  bool wanted_ = wants_cuda_graphs();
  std::vector<Step> steps_;
};

}  // namespace cl_torch::fused
