#include "engine/fused/cuda/step_pipeline.h"

#include <algorithm>

namespace cl_torch::fused {

StepPipeline::StepPipeline(int64_t models)
    : factors_(static_cast<size_t>(kGroups * kSteps * models)), last_losses_(static_cast<size_t>(kGroups * models)) {}

// One epoch's way through the pipeline.
class StepPipeline::Run {
 public:
  Run(StepPipeline& pipeline, std::span<const EpochMember> members, const EpochBuffers& epoch, cudaStream_t stream)
      : pipeline_(pipeline),
        members_(members),
        epoch_(epoch),
        stream_(stream),
        count_(static_cast<int64_t>(members.size())),
        steps_(members.front().plan.steps()) {}

  int64_t launch_all(int64_t first_step, const Launch& launch) {
    int64_t next = first_step;
    while (next < steps_ && !is_cancelled() && accepted_) {
      if (begins_.size() >= kGroups) finish(begins_.size() - kGroups);
      const size_t slot = begins_.size() % kGroups;
      const int64_t end = std::min(next + kSteps, steps_);
      begins_.push_back(next);
      try {
        send_factors(slot, next, end);
        launch(next, end);
      } catch (...) {
        take_back(end - next);
        throw;
      }
      fetch_losses(slot, end - 1);
    }
    for (size_t group = begins_.size() - std::min<size_t>(begins_.size(), kGroups); group < begins_.size(); ++group) {
      finish(group);
    }
    return next;
  }

 private:
  bool is_cancelled() const {
    return std::any_of(members_.begin(), members_.end(),
                       [](const EpochMember& member) { return member.observer.cancelled(); });
  }

  // The optimisers count a step when it is sent, so that a cancelled epoch leaves them where the parameters are,
  void send_factors(size_t slot, int64_t begin, int64_t end) {
    StepFactors* factors = &pipeline_.factors_[slot * static_cast<size_t>(kSteps * count_)];
    StepFactors* next = factors;
    for (int64_t step = begin; step < end; ++step) {
      for (const EpochMember& member : members_) *next++ = member.optimizer.advance();
    }
    check(cudaMemcpyAsync(epoch_.factors() + begin * count_, factors,
                          static_cast<size_t>((end - begin) * count_) * sizeof(StepFactors), cudaMemcpyHostToDevice,
                          stream_),
          "copying step sizes to the GPU");
  }

  // and no step that was not launched.
  void take_back(int64_t steps) {
    for (const EpochMember& member : members_) member.optimizer.resume(member.optimizer.steps() - steps);
  }

  void fetch_losses(size_t slot, int64_t step) {
    check(cudaMemcpyAsync(&pipeline_.last_losses_[slot * static_cast<size_t>(count_)], epoch_.losses() + step * count_,
                          static_cast<size_t>(count_) * sizeof(float), cudaMemcpyDeviceToHost, stream_),
          "reading a loss");
    pipeline_.group_done_[slot].record(stream_);
  }

  void finish(size_t group) {
    const size_t slot = group % kGroups;
    pipeline_.group_done_[slot].wait();
    const int64_t done = std::min(begins_[group] + kSteps, steps_);
    const float* loss = &pipeline_.last_losses_[slot * static_cast<size_t>(count_)];
    for (const EpochMember& member : members_) {
      if (member.observer.report_due()) member.observer.report(done, steps_, *loss);
      accepted_ &= member.observer.accepts(*loss);
      ++loss;
    }
  }

  StepPipeline& pipeline_;
  std::span<const EpochMember> members_;
  const EpochBuffers& epoch_;
  cudaStream_t stream_;
  int64_t count_;
  int64_t steps_;
  std::vector<int64_t> begins_;  // first step of each group so far
  bool accepted_ = true;         // the last loss of each group that is done
};

int64_t StepPipeline::run(std::span<const EpochMember> members, const EpochBuffers& epoch, cudaStream_t stream,
                          int64_t first_step, const Launch& launch) {
  return Run(*this, members, epoch, stream).launch_all(first_step, launch);
}

void read_losses(std::span<const EpochMember> members, const EpochBuffers& epoch, int64_t first_step, int64_t end,
                 cudaStream_t stream) {
  if (end == first_step) return;
  const size_t count = members.size();
  std::vector<float> losses(static_cast<size_t>(end - first_step) * count);
  check(cudaMemcpyAsync(losses.data(), epoch.losses() + first_step * static_cast<int64_t>(count),
                        losses.size() * sizeof(float), cudaMemcpyDeviceToHost, stream),
        "reading the losses");
  check(cudaStreamSynchronize(stream), "waiting for the GPU");
  for (size_t i = 0; i < losses.size(); ++i) members[i % count].losses.push_back(losses[i]);
}

}  // namespace cl_torch::fused
