#include "eager_update.h"

#include <c10/cuda/CUDAStream.h>

#include <cstdio>
#include <utility>

#include "engine/autograd/cuda/eager_update.h"
#include "engine/fused/cuda/resources.h"
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
void compare(const char* name, const OptimizerOptions& options) {
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

}  // namespace

void try_eager_updates() {
  OptimizerOptions forgetful = kArticle;
  forgetful.beta1 = 0.3;
  OptimizerOptions plain = kSgd;
  plain.weight_decay = 0;
  compare("adamw", kArticle);
  compare("adamw, forgetful", forgetful);
  compare("adam", kAdam);
  compare("sgd", kSgd);
  compare("sgd, without weight decay", plain);
  compare("momentum", kMomentum);
  compare("nesterov", kNesterov);
}

}  // namespace emulation
