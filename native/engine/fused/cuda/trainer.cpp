#include "engine/fused/cuda/trainer.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "engine/fused/cuda/turn.h"

namespace cl_torch::fused {

CudaTrainer::CudaTrainer(const Mlp& like, Precision precision, int64_t models)
    : options_(like.parameters().values().options()),
      network_(like, precision, models),
      factors_(static_cast<size_t>(kGroups * kSteps * models)),
      last_losses_(static_cast<size_t>(kGroups * models)) {}

// Launches an epoch's steps in groups and keeps a few of them on their way; tells the observers of those that are done.
class CudaTrainer::StepPipeline {
 public:
  StepPipeline(CudaTrainer& trainer, std::span<const Member> members)
      : trainer_(trainer),
        members_(members),
        count_(static_cast<int64_t>(members.size())),
        steps_(members.front().plan.steps()) {}

  // `run` launches one step. Returns the first step that was not launched.
  template <typename Run>
  int64_t go(int64_t first_step, const Run& run) {
    int64_t next = first_step;
    while (next < steps_ && !is_cancelled() && accepted_) {
      if (begins_.size() >= kGroups) finish(begins_.size() - kGroups);
      const size_t slot = begins_.size() % kGroups;
      const int64_t end = std::min(next + kSteps, steps_);
      begins_.push_back(next);
      send_factors(slot, next, end);
      for (; next < end; ++next) run(next);
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
                       [](const Member& member) { return member.observer.cancelled(); });
  }

  // The optimisers count a step when it is sent, so that a cancelled epoch leaves them where the parameters are.
  void send_factors(size_t slot, int64_t begin, int64_t end) {
    StepFactors* factors = &trainer_.factors_[slot * static_cast<size_t>(kSteps * count_)];
    StepFactors* next = factors;
    for (int64_t step = begin; step < end; ++step) {
      for (const Member& member : members_) *next++ = member.optimizer.advance();
    }
    check(cudaMemcpyAsync(trainer_.epoch_.factors() + begin * count_, factors,
                          static_cast<size_t>((end - begin) * count_) * sizeof(StepFactors), cudaMemcpyHostToDevice,
                          trainer_.network_.stream()),
          "copying step sizes to the GPU");
  }

  void fetch_losses(size_t slot, int64_t step) {
    check(cudaMemcpyAsync(&trainer_.last_losses_[slot * static_cast<size_t>(count_)],
                          trainer_.epoch_.losses() + step * count_, static_cast<size_t>(count_) * sizeof(float),
                          cudaMemcpyDeviceToHost, trainer_.network_.stream()),
          "reading a loss");
    trainer_.group_done_[slot].record(trainer_.network_.stream());
  }

  void finish(size_t group) {
    const size_t slot = group % kGroups;
    trainer_.group_done_[slot].wait();
    const int64_t done = std::min(begins_[group] + kSteps, steps_);
    const float* loss = &trainer_.last_losses_[slot * static_cast<size_t>(count_)];
    for (const Member& member : members_) {
      if (member.observer.report_due()) member.observer.report(done, steps_, *loss);
      accepted_ &= member.observer.accepts(*loss);
      ++loss;
    }
  }

  CudaTrainer& trainer_;
  std::span<const Member> members_;
  int64_t count_;
  int64_t steps_;
  std::vector<int64_t> begins_;  // of each group so far
  bool accepted_ = true;         // the last loss of each group that is done
};

int64_t CudaTrainer::train(std::span<const Member> members, const UpdateVectors& vectors,
                           const OffDirectionPenalty* penalty, int64_t first_step) {
  std::vector<const EpochPlan*> plans;
  for (const Member& member : members) plans.push_back(&member.plan);
  const EpochPlan& any = *plans.front();
  const EpochTables tables = tables_of(plans);
  network_.reserve(any.largest_step());
  epoch_.reserve(plans, tables, options_.device());
  update_.reserve(options_, penalty, network_.models());

  const Turn turn(network_);
  const cudaStream_t stream = network_.stream();
  epoch_.load(plans, tables, first_step, stream);
  update_.load(stream);
  network_.use(vectors.values);
  StepArguments step{0, epoch_.selection(), update_.pointers(vectors), epoch_.losses(), network_.generation()};
  step.update.rounded = network_.rounded();
  step.update.factors = epoch_.factors();
  step.update.step = epoch_.step();
  if (penalty) launch_start_penalty(step.update, stream);
  const int64_t end = StepPipeline(*this, members).go(first_step, [&](int64_t index) {
    step.rows = any.step(index).count();
    graphs_.run(step, stream, [&] { enqueue_step(step, vectors.gradients); });
  });
  read_losses(members, first_step, end);
  return end;
}

void CudaTrainer::enqueue_step(const StepArguments& step, float* gradients) {
  network_.gather(step.selection, step.rows);
  network_.forward(step.rows);
  network_.backward(step.rows, 1, gradients, false);
  launch_update(step.update, network_.stream());
  launch_end_step(step.update, network_.row_losses(), step.rows, step.losses, network_.stream());
}

void CudaTrainer::read_losses(std::span<const Member> members, int64_t first_step, int64_t end) {
  if (end == first_step) return;
  const size_t count = members.size();
  std::vector<float> losses(static_cast<size_t>(end - first_step) * count);
  check(cudaMemcpyAsync(losses.data(), epoch_.losses() + first_step * static_cast<int64_t>(count),
                        losses.size() * sizeof(float), cudaMemcpyDeviceToHost, network_.stream()),
        "reading the losses");
  check(cudaStreamSynchronize(network_.stream()), "waiting for the GPU");
  for (size_t i = 0; i < losses.size(); ++i) members[i % count].losses.push_back(losses[i]);
}

}  // namespace cl_torch::fused
