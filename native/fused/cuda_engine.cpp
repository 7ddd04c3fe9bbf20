#include "cuda_engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>

namespace cl_torch::fused {
namespace {

constexpr int64_t kRowsAtOnce = 8192;  // in an evaluation

// A number that the stream's work left on the device.
template <typename T>
T fetch(const void* from, cudaStream_t stream) {
  T value{};
  check(cudaMemcpyAsync(&value, from, sizeof value, cudaMemcpyDeviceToHost, stream), "reading a result");
  check(cudaStreamSynchronize(stream), "waiting for the GPU");
  return value;
}

}  // namespace

// The time that the engine's streams work instead of LibTorch's: made once what the call needs is allocated (LibTorch's
// allocator orders memory by its own stream), it lets the engine start after what LibTorch's stream was given, and at
// its end, an exception's included, nothing of the engine's is under way.
class CudaEngine::Turn {
 public:
  explicit Turn(const CudaNetwork& network) : network_(network) {
    const Event given;
    given.record(c10::cuda::getCurrentCUDAStream().stream());
    given.hold(network_.stream());
  }
  ~Turn() { network_.wait(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  const CudaNetwork& network_;
};

CudaEngine::CudaEngine(Mlp& model, Precision precision)
    : model_(model),
      network_(model, precision),
      groups_(kGroups),
      scalar_(at::empty({1}, model.parameters().values().options().dtype(at::kDouble))),
      view_(at::empty({static_cast<int64_t>(sizeof(DeviceView))}, scalar_.options().dtype(at::kByte))) {}

// Launches an epoch's steps in groups and keeps a few of them on their way; tells the observer of those that are done.
class CudaEngine::Pace {
 public:
  Pace(CudaEngine& engine, AdamW& optimizer, int64_t steps, Observer& observer)
      : engine_(engine), optimizer_(optimizer), steps_(steps), observer_(observer) {}

  // `run` launches one step.
  template <typename Run>
  void go(const Run& run) {
    for (int64_t begin = 0; begin < steps_; begin += kSteps) {
      observer_.stop_if_cancelled();
      const size_t slot = static_cast<size_t>(begin) / kSteps % kGroups;
      if (begin >= static_cast<int64_t>(kSteps * kGroups)) finish(begin - static_cast<int64_t>(kSteps * kGroups));
      const int64_t end = std::min<int64_t>(begin + kSteps, steps_);
      send_factors(slot, begin, end);
      for (int64_t step = begin; step < end; ++step) run(step);
      fetch_loss(slot, end - 1);
    }
    const int64_t groups = (steps_ + kSteps - 1) / kSteps;
    for (int64_t group = std::max<int64_t>(0, groups - kGroups); group < groups; ++group) finish(group * kSteps);
  }

 private:
  // The optimiser counts a step when it is sent, so that a cancelled epoch leaves it where the parameters are.
  void send_factors(size_t slot, int64_t begin, int64_t end) {
    auto& factors = engine_.groups_[slot].factors;
    const auto count = static_cast<size_t>(end - begin);
    for (size_t i = 0; i < count; ++i) factors[i] = rounded(optimizer_.advance());
    check(cudaMemcpyAsync(engine_.epoch_.factors() + begin, factors.data(), count * sizeof(AdamWFactors),
                          cudaMemcpyHostToDevice, engine_.network_.stream()),
          "copying step sizes to the GPU");
  }

  void fetch_loss(size_t slot, int64_t step) {
    check(cudaMemcpyAsync(&engine_.groups_[slot].last_loss, engine_.epoch_.losses() + step, sizeof(float),
                          cudaMemcpyDeviceToHost, engine_.network_.stream()),
          "reading a loss");
    engine_.group_done_[slot].record(engine_.network_.stream());
  }

  // Waits for the group that begins at `step`.
  void finish(int64_t step) {
    const size_t slot = static_cast<size_t>(step) / kSteps % kGroups;
    engine_.group_done_[slot].wait();
    const int64_t done = std::min<int64_t>(step + kSteps, steps_);
    if (observer_.report_due()) observer_.report(done, steps_, engine_.groups_[slot].last_loss);
  }

  CudaEngine& engine_;
  AdamW& optimizer_;
  int64_t steps_;
  Observer& observer_;
};

std::vector<float> CudaEngine::train_epoch(const EpochPlan& plan, AdamW& optimizer, const OffDirectionPenalty* penalty,
                                           Observer& observer) {
  const c10::NoGradGuard no_grad;
  ParameterVector& parameters = model_.parameters();
  const c10::cuda::CUDAGuard device(parameters.values().device());
  const EpochTables tables = tables_of(plan);
  network_.reserve(plan.largest_step());
  epoch_.reserve(plan, tables, parameters.values().device());
  update_.reserve(parameters, penalty);

  const Turn turn(network_);
  const cudaStream_t stream = network_.stream();
  epoch_.load(plan, tables, stream);
  update_.load(stream);
  network_.use(parameters.values());
  StepArguments step{0, epoch_.selection(), update_.pointers(parameters, optimizer, penalty), epoch_.losses(),
                     network_.generation()};
  step.update.rounded = network_.rounded();
  step.update.factors = epoch_.factors();
  step.update.step = epoch_.step();
  if (penalty) launch_start_penalty(step.update, stream);
  Pace(*this, optimizer, plan.steps(), observer).go([&](int64_t index) {
    step.rows = plan.step(index).count();
    graphs_.run(step, stream, [&] { enqueue_step(step); });
  });
  std::vector<float> losses(static_cast<size_t>(plan.steps()));
  check(cudaMemcpyAsync(losses.data(), epoch_.losses(), losses.size() * sizeof(float), cudaMemcpyDeviceToHost, stream),
        "reading the losses");
  check(cudaStreamSynchronize(stream), "waiting for the GPU");
  return losses;
}

void CudaEngine::enqueue_step(const StepArguments& step) {
  network_.gather(step.selection, step.rows);
  network_.forward(step.rows);
  network_.backward(step.rows, 1, model_.parameters().gradients().mutable_data_ptr<float>(), false);
  launch_update(step.update, network_.stream());
  launch_end_step(step.update, network_.row_losses(), step.rows, step.losses, network_.stream());
}

int64_t CudaEngine::count_correct(const TaskView& view, int64_t, Observer& observer) {
  const c10::NoGradGuard no_grad;
  const at::Tensor& values = model_.parameters().values();
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = view.rows();
  network_.reserve(std::min(rows, kRowsAtOnce));

  const Turn turn(network_);
  const cudaStream_t stream = network_.stream();
  const DeviceView source = device_view(view);
  check(cudaMemcpyAsync(view_.mutable_data_ptr(), &source, sizeof source, cudaMemcpyHostToDevice, stream),
        "starting an evaluation");
  check(cudaMemsetAsync(scalar_.mutable_data_ptr(), 0, scalar_.nbytes(), stream), "starting an evaluation");
  network_.use(values);
  for (int64_t begin = 0; begin < rows; begin += kRowsAtOnce) {
    observer.stop_if_cancelled();
    const int64_t count = std::min(kRowsAtOnce, rows - begin);
    network_.gather({static_cast<const DeviceView*>(view_.const_data_ptr()), nullptr, nullptr, nullptr, nullptr, begin},
                    count);
    network_.forward(count);
    network_.count_correct(count, static_cast<unsigned long long*>(scalar_.mutable_data_ptr()));
  }
  return static_cast<int64_t>(fetch<unsigned long long>(scalar_.const_data_ptr(), stream));
}

double CudaEngine::loss(const at::Tensor& values, const Batch& batch) {
  const c10::NoGradGuard no_grad;
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = batch.labels.size(0);
  network_.reserve(rows);
  const Turn turn(network_);
  enqueue_forward(values, batch);
  network_.losses(rows);
  return mean_loss(rows);
}

double CudaEngine::add_gradient(const at::Tensor& values, const Batch& batch, double scale, at::Tensor& gradient) {
  const c10::NoGradGuard no_grad;
  const c10::cuda::CUDAGuard device(values.device());
  const int64_t rows = batch.labels.size(0);
  network_.reserve(rows);
  const Turn turn(network_);
  enqueue_forward(values, batch);
  network_.backward(rows, scale, gradient.mutable_data_ptr<float>(), true);
  return mean_loss(rows);
}

void CudaEngine::enqueue_forward(const at::Tensor& values, const Batch& batch) {
  network_.use(values);
  network_.load(batch.inputs, batch.labels);
  network_.forward(batch.labels.size(0));
}

double CudaEngine::mean_loss(int64_t rows) {
  launch_mean(network_.row_losses(), rows, static_cast<double*>(scalar_.mutable_data_ptr()), network_.stream());
  return fetch<double>(scalar_.const_data_ptr(), network_.stream());
}

}  // namespace cl_torch::fused
