#include "engine/fused/cuda/trainer.h"

#include <ATen/ATen.h>

#include "engine/fused/cuda/stream_scope.h"

namespace cl_torch::fused {

CudaTrainer::CudaTrainer(const Mlp& model, Precision precision, int64_t models)
    : options_(model.parameters().values().options()), network_(model, precision, models), pipeline_(models) {}

int64_t CudaTrainer::train(std::span<const EpochMember> members, const UpdateVectors& vectors,
                           const ObjectiveTerms& terms, int64_t first_step) {
  std::vector<const EpochPlan*> plans;
  for (const EpochMember& member : members) plans.push_back(&member.plan);
  const EpochPlan& any = *plans.front();
  const EpochTables tables = tables_of(plans);
  network_.reserve_both(any.largest_step());
  epoch_.reserve(plans, tables, options_.device());
  update_.reserve(options_, terms, network_.models());
  if (terms.batch) reserve_terms(*terms.batch, tables.target_classes);

  const StreamScope scope(network_);
  const cudaStream_t stream = network_.stream();
  epoch_.load(plans, tables, first_step, stream);
  update_.load(vectors, terms, stream);
  StepArguments arguments{{}, epoch_.selection(), update_.pointers(vectors, terms),
                          {}, epoch_.losses(),    network_.generation()};
  if (terms.batch) {
    arguments.terms = load_terms(*terms.batch, stream);
    arguments.selection.has_ranges = true;
  }
  const float* seen = arguments.update.terms.seen;
  if (seen) launch_hide(arguments.update, stream);
  network_.use(seen ? seen : vectors.values);
  arguments.update.rounded = network_.rounded();
  arguments.update.factors = epoch_.factors();
  arguments.update.step = epoch_.step();
  if (arguments.update.penalty.direction) launch_start_penalty(arguments.update, stream);
  const auto rows_of = [&](int64_t step) {
    return step < any.steps() ? StepRows{any.step(step).count(), terms.batch ? any.own_rows(step) : 0} : StepRows{};
  };
  if (first_step < any.steps()) network_.gather(arguments.selection, {rows_of(first_step).all}, stream);
  const int64_t end = pipeline_.run(members, epoch_, stream, first_step, [&](int64_t& next, int64_t end) {
    arguments.rows.clear();
    for (int64_t step = next; step <= end; ++step) arguments.rows.push_back(rows_of(step));
    graphs_.run(arguments, stream, next,
                [&](int64_t& to, bool is_captured) { enqueue_steps(arguments, vectors.gradients, to, is_captured); });
  });
  read_losses(members, epoch_, first_step, end, stream);
  for (const EpochMember& member : members) member.observer.used_graphs(graphs_.in_use());
  return end;
}

void CudaTrainer::reserve_terms(const BatchLoss& loss, int64_t target_classes) {
  host_targets_ = target_terms(loss, target_classes);
  const auto bytes = static_cast<int64_t>(host_targets_.size() * sizeof(TargetTerm));
  if (!targets_.defined() || targets_.numel() < bytes) targets_ = at::empty({bytes}, options_.dtype(at::kByte));
}

BatchTerms CudaTrainer::load_terms(const BatchLoss& loss, cudaStream_t stream) {
  check(cudaMemcpyAsync(targets_.mutable_data_ptr(), host_targets_.data(), host_targets_.size() * sizeof(TargetTerm),
                        cudaMemcpyHostToDevice, stream),
        "copying the losses' terms to the GPU");
  return {true, static_cast<float>(loss.cross_entropy), static_cast<const TargetTerm*>(targets_.const_data_ptr()),
          static_cast<int32_t>(host_targets_.size())};
}

// The batches take turns between the network's two places; the first batch is in the first. Beside each step the side
// stream ends the step before, for which only the next update waits, and gathers the next batch. It has done so before
// that update, because the backward pass ends when the side stream has ended.
void CudaTrainer::enqueue_steps(const StepArguments& arguments, float* gradients, int64_t& next, bool is_captured) {
  Selection next_step = arguments.selection;
  next_step.ahead = 1;
  const auto steps = static_cast<size_t>(arguments.steps());
  for (size_t i = 0; i < steps; ++i) {
    const auto [rows, own] = arguments.rows[i];
    const BatchPlace batch{rows, i % 2, next_step.has_ranges, arguments.terms, own};
    const BatchPlace next_batch{arguments.rows[i + 1].all, (i + 1) % 2};
    network_.fork();
    if (i > 0) end_step(arguments, i - 1, network_.side_stream());
    if (next_batch.rows > 0) network_.gather(next_step, next_batch, network_.side_stream());
    enqueue_step(arguments, batch, gradients, is_captured);
    ++next;
  }
  end_step(arguments, steps - 1, network_.stream());
}

// In a graph, of which all runs or nothing, the first layer's parameters are updated behind its gradient, which is the
// last to come, and the others beside that. Without one a failure between the two would leave half an update.
void CudaTrainer::enqueue_step(const StepArguments& arguments, const BatchPlace& batch, float* gradients,
                               bool is_captured) {
  const UpdatePointers& update = arguments.update;
  const int32_t end = update.chunk_count;
  const int32_t first_end = is_captured ? update_.chunks_before(network_.first_layer_end()) : end;
  std::function<void()> update_others;
  if (first_end < end) {
    update_others = [&] { launch_update(update, {first_end, end}, network_.side_stream()); };
  }
  network_.forward_backward(batch, 1, gradients, false, update_others);
  launch_update(update, {0, first_end}, network_.stream());
}

void CudaTrainer::end_step(const StepArguments& arguments, size_t step, cudaStream_t stream) {
  launch_end_step(arguments.update, network_.row_losses(step % 2), arguments.rows[step].all, arguments.losses, stream);
}

}  // namespace cl_torch::fused
