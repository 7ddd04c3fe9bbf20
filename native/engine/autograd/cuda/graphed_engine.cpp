#include "engine/autograd/cuda/graphed_engine.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <c10/cuda/CUDAGuard.h>

#include <array>

namespace cl_torch {
namespace {

// The part of a call in which LibTorch works on a stream of the engine's, which starts after what it was given on its
// own; when the scope ends, by an exception too, nothing is under way there. All of a step's tensors are made here,
// those of the autograd graph included: what one stream made and another uses would tie the two in a capture.
class StreamTurn {
 public:
  explicit StreamTurn(const c10::cuda::CUDAStream& stream) : stream_(stream.stream()) {
    const fused::Event ready;
    ready.record(c10::cuda::getCurrentCUDAStream().stream());
    ready.hold(stream_);
    guard_.reset_stream(stream);
  }
  ~StreamTurn() { cudaStreamSynchronize(stream_); }
  StreamTurn(const StreamTurn&) = delete;
  StreamTurn& operator=(const StreamTurn&) = delete;

 private:
  cudaStream_t stream_;
  c10::cuda::OptionalCUDAStreamGuard guard_;
};

}  // namespace

GraphedEngine::GraphedEngine(Network& network, Precision precision)
    : AutogradEngine(network, precision), pipeline_(1) {}

std::vector<float> GraphedEngine::train_epoch(const EpochPlan& plan, Optimizer& optimizer, const Objective& objective,
                                              Observer& observer) {
  if (network().draws() || optimizer.clips() || !are_plain(plan.all()) || objective.watches_steps() ||
      objective.has_terms() || plan.keeps_outputs() || has_micro_batches())
    return AutogradEngine::train_epoch(plan, optimizer, objective, observer);
  const c10::cuda::CUDAGuard device(network().parameters().values().device());
  const c10::AutoGradMode grad_mode(true);
  std::vector<float> losses;
  const std::array members{fused::EpochMember{plan, optimizer, observer, losses}};
  const std::array plans{&plan};
  const fused::EpochTables tables = fused::tables_of(plans);

  const StreamTurn turn(stream_.get());
  const cudaStream_t stream = stream_.get().stream();
  reserve(plan.largest_step());
  epoch_.reserve(plans, tables, inputs_.device());
  epoch_.load(plans, tables, 0, stream);
  Arguments step_arguments = arguments(optimizer, objective);
  const auto launch = [&](int64_t& next, int64_t end_of_group) {
    while (next < end_of_group) {
      step_arguments.rows = plan.step(next).count();
      graphs_.run(step_arguments, pool_, next, [&](int64_t& step, bool) {
        enqueue_step(step_arguments, objective);
        ++step;
      });
    }
  };
  const int64_t end = pipeline_.run(members, epoch_, stream, 0, launch);
  fused::read_losses(members, epoch_, 0, end, stream);
  observer.used_graphs(graphs_.in_use());
  if (end < plan.steps()) observer.stop_if_cancelled();
  return losses;
}

void GraphedEngine::reserve(int64_t rows) {
  if (inputs_.defined() && inputs_.size(0) >= rows) return;
  const at::TensorOptions options = network().parameters().values().options();
  const at::Tensor labels = at::empty({rows}, options.dtype(at::kLong));
  inputs_ = at::empty({rows, network().inputs()}, options);
  labels_ = labels;
}

GraphedEngine::Arguments GraphedEngine::arguments(const Optimizer& optimizer, const Objective& objective) const {
  const ParameterVector& parameters = network().parameters();
  Arguments result{};
  result.selection = epoch_.selection();
  result.inputs = inputs_.mutable_data_ptr<float>();
  result.labels = labels_.mutable_data_ptr<int64_t>();
  result.objective = objective.version;
  result.update = {parameters.values().mutable_data_ptr<float>(),
                   parameters.gradients().const_data_ptr<float>(),
                   optimizer.elements(0),
                   optimizer.elements(1),
                   parameters.values().numel(),
                   optimizer.rule(),
                   epoch_.factors(),
                   epoch_.step()};
  result.losses = epoch_.losses();
  result.step = epoch_.step();
  return result;
}

void GraphedEngine::enqueue_step(const Arguments& arguments, const Objective& objective) {
  const cudaStream_t stream = stream_.get().stream();
  fused::launch_gather(arguments.selection, 1, arguments.rows, network().inputs(), fused::Element::kFloat32,
                       {arguments.inputs, arguments.labels, nullptr, nullptr}, stream);
  const Batch batch{inputs_.narrow(0, 0, arguments.rows), labels_.narrow(0, 0, arguments.rows)};
  const at::Tensor loss = backward({cross_entropy(batch)}, objective, nullptr, nullptr);
  launch_eager_update(arguments.update, stream);
  launch_keep_loss(loss.const_data_ptr<float>(), arguments.losses, arguments.step, stream);
}

}  // namespace cl_torch
