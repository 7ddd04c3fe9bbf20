#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/cuda_graphs.h"
#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/resources.h"
#include "engine/fused/cuda/update.h"

namespace cl_torch::fused {

// Everything that the kernels of a few training steps are given: a graph that was captured with equal arguments does
// the same.
struct StepArguments {
  std::vector<int64_t> rows;  // of each step, and of the step behind them: 0 at the end of an epoch
  Selection selection;
  UpdatePointers update;
  float* losses;
  int64_t generation;  // of the network's buffers
  int64_t steps() const { return static_cast<int64_t>(rows.size()) - 1; }
  bool operator==(const StepArguments&) const = default;
};

// Groups of training steps as CUDA graphs. Arguments that are new run as they are, which also loads the kernels; when
// they come again the steps are captured, and from then on replayed. A group that cannot be captured runs as it is each
// time.
class StepGraphs {
 public:
  // Whether what came again was replayed, as far as there was something.
  bool in_use() const {
    return wanted_ && std::none_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.refused; });
  }

  // `enqueue(next)` gives the stream the work of the steps that `arguments` say, and moves `next` behind each of them.
  // So does run(), also where it throws.
  template <typename Enqueue>
  void run(const StepArguments& arguments, cudaStream_t stream, int64_t& next, const Enqueue& enqueue) {
    Step* step = wanted_ ? find(arguments) : nullptr;
    if (step && !step->graph && !step->refused) capture(*step, stream, enqueue);
    if (step && step->graph) {
      step->graph->launch(stream);
      next += arguments.steps();
      return;
    }
    enqueue(next);
    if (wanted_ && !step) remember(arguments);  // it has run: nothing is loaded or chosen in a capture
  }

 private:
  static constexpr size_t kMost = 16;  // shapes of groups; an epoch has one, and one at its end

  struct Step {
    StepArguments arguments;
    std::optional<Graph> graph;
    bool refused = false;
  };

  template <typename Enqueue>
  static void capture(Step& step, cudaStream_t stream, const Enqueue& enqueue) {
    try {
      int64_t captured = 0;
      step.graph = Graph::capture(stream, [&] { enqueue(captured); });
    } catch (const Error& error) {
      if (std::string_view(error.code()) == code::kDeviceLost) throw;
      step.refused = true;
    }
  }

  Step* find(const StepArguments& arguments) {
    for (Step& step : steps_) {
      if (step.arguments == arguments) return &step;
    }
    return nullptr;
  }

  // Steps that differ in more than the rows belong to buffers that may be gone.
  void remember(const StepArguments& arguments) {
    std::erase_if(steps_, [&](const Step& step) {
      StepArguments other = step.arguments;
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
