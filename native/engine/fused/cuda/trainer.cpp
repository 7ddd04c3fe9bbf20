#include "engine/fused/cuda/trainer.h"

#include <ATen/ATen.h>

#include "engine/fused/cuda/stream_scope.h"

namespace cl_torch::fused {

CudaTrainer::CudaTrainer(const Mlp& model, Precision precision, int64_t models)
    : options_(model.parameters().values().options()), network_(model, precision, models), pipeline_(models) {}

int64_t CudaTrainer::train(std::span<const EpochMember> members, const UpdateVectors& vectors,
                           const OffDirectionPenalty* penalty, int64_t first_step) {
  std::vector<const EpochPlan*> plans;
  for (const EpochMember& member : members) plans.push_back(&member.plan);
  const EpochPlan& any = *plans.front();
  const EpochTables tables = tables_of(plans);
  network_.reserve(any.largest_step());
  epoch_.reserve(plans, tables, options_.device());
  update_.reserve(options_, penalty, network_.models());

  const StreamScope scope(network_);
  const cudaStream_t stream = network_.stream();
  epoch_.load(plans, tables, first_step, stream);
  update_.load(stream);
  network_.use(vectors.values);
  StepArguments arguments{0, epoch_.selection(), update_.pointers(vectors), epoch_.losses(), network_.generation()};
  arguments.update.rounded = network_.rounded();
  arguments.update.factors = epoch_.factors();
  arguments.update.step = epoch_.step();
  if (penalty) launch_start_penalty(arguments.update, stream);
  const int64_t end = pipeline_.run(members, epoch_, stream, first_step, [&](int64_t step) {
    arguments.rows = any.step(step).count();
    graphs_.run(arguments, stream, [&] { enqueue_step(arguments, vectors.gradients); });
  });
  read_losses(members, first_step, end);
  for (const EpochMember& member : members) member.observer.used_graphs(graphs_.in_use());
  return end;
}

void CudaTrainer::enqueue_step(const StepArguments& arguments, float* gradients) {
  network_.gather(arguments.selection, arguments.rows);
  network_.forward(arguments.rows);
  network_.backward(arguments.rows, 1, gradients, false);
  launch_update(arguments.update, network_.stream());
  launch_end_step(arguments.update, network_.row_losses(), arguments.rows, arguments.losses, network_.stream());
}

void CudaTrainer::read_losses(std::span<const EpochMember> members, int64_t first_step, int64_t end) {
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
