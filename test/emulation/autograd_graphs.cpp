#include "autograd_graphs.h"

#include <c10/cuda/CUDAStream.h>

#include <cstdio>
#include <cstdlib>

#include "engine/autograd/cuda/graphed_engine.h"
#include "setup.h"

namespace emulation {
namespace {

constexpr int kUpdates = 6;

struct Model {
  explicit Model(const OptimizerOptions& options)
      : network(mlp_of({49, 20, 10}), c10::Device("cpu")), optimizer(make_optimizer(network.parameters(), options)) {
    network.initialise(RandomStreams(7, c10::Device("cpu")));
  }

  const at::Tensor& values() const { return network.parameters().values(); }

  Mlp network;
  std::unique_ptr<Optimizer> optimizer;
};

void update_eagerly(Model& model, const fused::Stream& stream, float loss, float* losses, int32_t* step) {
  StepFactors factors[kUpdates];
  factors[*step] = model.optimizer->advance();
  const ParameterVector& parameters = model.network.parameters();
  const EagerUpdate update{parameters.values().mutable_data_ptr<float>(),
                           parameters.gradients().const_data_ptr<float>(),
                           model.optimizer->elements(0),
                           model.optimizer->elements(1),
                           parameters.values().numel(),
                           model.optimizer->rule(),
                           factors,
                           step};
  const fused::Event ready;
  ready.record(c10::cuda::getCurrentCUDAStream().stream());
  ready.hold(stream.get());
  launch_eager_update(update, stream.get());
  launch_keep_loss(&loss, losses, step, stream.get());
  stream.synchronize();
}

// LibTorch's loops on the CPU round here and there where its kernels on a GPU do not: test/gpu compares bits.
void try_updates(const char* name, const OptimizerOptions& options) {
  Model expected(options);
  Model actual(options);
  const fused::Stream stream;
  float losses[kUpdates] = {};
  int32_t step = 0;
  for (int i = 0; i < kUpdates; ++i) {
    for (const Model* model : {&expected, &actual}) {
      for (const at::Tensor& part : model->network.parameters().parameter_gradients()) {
        part.copy_(at::sin(at::arange(part.numel(), at::kFloat) * (i + 1)).view_as(part));
      }
    }
    expected.optimizer->step();
    update_eagerly(actual, stream, static_cast<float>(i), losses, &step);
  }
  std::printf("{\"name\":\"eager update: %s\",\"steps\":%d,\"parameters\":%g,\"loss\":%g}\n", name, step,
              distance(actual.values(), expected.values()), losses[kUpdates - 1]);
}

// LibTorch's operations run at once here, so the engine's stream does, too. None of them becomes a part of a graph:
// every capture fails.
class AtOnce {
 public:
  AtOnce() { at_once = true; }
  ~AtOnce() { at_once = false; }
  AtOnce(const AtOnce&) = delete;
  AtOnce& operator=(const AtOnce&) = delete;
};

struct Epochs {
  std::vector<float> losses;
  at::Tensor parameters;
  std::optional<bool> graphs;
};

// Two epochs, and two by a new optimiser.
Epochs train(const Case& of, const MakeEngine& make) {
  Setup setup(of, make);
  Watcher watcher;
  Epochs result;
  for (int epoch = 0; epoch < 4; ++epoch) {
    if (epoch == 2) setup.optimizer = make_optimizer(setup.model.parameters(), of.optimizer);
    const std::vector<float> losses = setup.epoch(of, watcher);
    result.losses.insert(result.losses.end(), losses.begin(), losses.end());
  }
  result.parameters = setup.model.parameters().values().clone();
  result.graphs = watcher.graphs;
  return result;
}

void try_epochs(const Case& of) {
  const AtOnce all_at_once;
  const Epochs expected = train(of, autograd);
  const Epochs actual = train(of, [](Mlp& model) { return std::make_unique<GraphedEngine>(model); });
  std::printf("{\"name\":\"autograd graphs: %s\",\"steps\":%zu,\"losses\":%g,\"parameters\":%g,\"graphs\":[%s]}\n",
              of.name, actual.losses.size(), worst_ratio(actual.losses, expected.losses),
              distance(actual.parameters, expected.parameters), actual.graphs.value_or(true) ? "true" : "false");
}

const std::vector<Case> kTrainings = {
    {"a short last batch", {49, 12, 10}, 1000, 96},
    {"the penalty", {49, 20, 10}, 1000, 64, "per-tensor"},
    {"rehearsal", {49, 20, 10}, 1000, 64, "global", 13},
    {"inputs that are numbers", {49, 20, 10}, 1000, 64, "none", 13, Precision::kFp32, true, true},
    {"adam", {49, 20, 10}, 1000, 64, "none", 0, Precision::kFp32, true, false, kAdam},
    {"momentum", {49, 20, 10}, 1000, 64, "none", 5, Precision::kFp32, true, false, kNesterov},
};

}  // namespace

void try_autograd_graphs() {
  OptimizerOptions forgetful = kArticle;
  forgetful.beta1 = 0.3;
  OptimizerOptions plain = kSgd;
  plain.weight_decay = 0;
  try_updates("adamw", kArticle);
  try_updates("adamw, forgetful", forgetful);
  try_updates("adam", kAdam);
  try_updates("sgd", kSgd);
  try_updates("sgd, without weight decay", plain);
  try_updates("momentum", kMomentum);
  try_updates("nesterov", kNesterov);
  for (const Case& of : kTrainings) try_epochs(of);
}

}  // namespace emulation
