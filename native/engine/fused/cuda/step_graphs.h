#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/fused/cuda/gather.h"
#include "engine/fused/cuda/resources.h"
#include "engine/fused/cuda/update.h"

namespace cl_torch::fused {

// Everything that a training step's kernels are given: a graph that was captured with equal arguments does the same.
struct StepArguments {
  int64_t rows;
  Selection selection;
  UpdatePointers update;
  float* losses;
  int64_t generation;  // of the network's buffers
  bool operator==(const StepArguments&) const = default;
};

// Training steps as CUDA graphs. Arguments that are new run as they are, which also loads the kernels; when they come
// again the step is captured, and from then on replayed.
class StepGraphs {
 public:
  // `enqueue` gives the stream the work of the step that `arguments` say.
  template <typename Enqueue>
  void run(const StepArguments& arguments, cudaStream_t stream, const Enqueue& enqueue) {
    Step* step = find(arguments);
    if (!step) {
      remember(arguments);
      enqueue();
      return;
    }
    if (!step->graph) step->graph = Graph::capture(stream, enqueue);
    step->graph->launch(stream);
  }

 private:
  static constexpr size_t kMost = 16;  // batch shapes of an epoch; more come only by way of odd settings

  struct Step {
    StepArguments arguments;
    std::optional<Graph> graph;
  };

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

  std::vector<Step> steps_;
};

}  // namespace cl_torch::fused
