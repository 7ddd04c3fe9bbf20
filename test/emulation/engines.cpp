// Trains with the CUDA engine on the emulated device and with autograd, and prints what
// test/native/cuda-emulation.test.ts compares: one JSON object a case.
#include <ATen/Parallel.h>

#include <cstdio>

#include "autograd_graphs.h"
#include "engine/fused/cuda/engine.h"
#include "engine_cases.h"
#include "failures.h"
#include "groups.h"
#include "setup.h"
#include "speed/cuda/gemm_timing.h"
#include "training_groups.h"

using namespace emulation;

namespace {

struct Trace {
  std::vector<float> losses;
  at::Tensor parameters;
  at::Tensor traces;
  CorrectRows correct;
  double loss = 0;
  at::Tensor gradient;
};

// Three epochs; everything else an engine does, at parameters that are not the model's; and an epoch more, because an
// evaluation's larger buffers take the place of those that the steps' graphs were captured with.
Trace trace(const Case& of, const MakeEngine& make) {
  Setup setup(of, make);
  Watcher watcher;
  Trace result;
  for (int epoch = 0; epoch < 3; ++epoch) {
    const std::vector<float> losses = setup.epoch(of, watcher);
    result.losses.insert(result.losses.end(), losses.begin(), losses.end());
  }
  const at::Tensor& values = setup.model.parameters().values();
  result.correct = setup.engine->count_correct(setup.view, 256, watcher);
  const at::Tensor shifted = values * 0.9;
  result.gradient = at::ones_like(values);
  result.loss = setup.engine->add_gradient(shifted, setup.batch(23), 0.5, result.gradient);
  result.loss += setup.engine->loss(shifted, setup.batch(7));
  const std::vector<float> losses = setup.epoch(of, watcher);
  result.losses.insert(result.losses.end(), losses.begin(), losses.end());
  result.parameters = values.clone();
  result.traces = setup.terms->traces();
  return result;
}

void compare(const Case& of) {
  emulation::has_bias_relu = of.has_bias_relu;
  emulation::refuses_politely = std::strstr(of.name, "that is an error") == nullptr;
  const auto fused = [&](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, of.precision); };
  const Trace expected = trace(of, autograd);
  const Trace actual = trace(of, fused);
  const Trace again = [&] {
    const Adversity adversity;
    return trace(of, fused);
  }();
  const bool repeats = actual.losses == again.losses && at::equal(actual.parameters, again.parameters) &&
                       at::equal(actual.traces, again.traces) && at::equal(actual.gradient, again.gradient) &&
                       actual.correct.in_classes == again.correct.in_classes &&
                       actual.correct.in_own == again.correct.in_own;
  std::printf(
      "{\"name\":\"%s\",\"steps\":%zu,\"losses\":%g,\"parameters\":%g,\"traces\":%g,\"gradient\":%g,\"loss\":%g,"
      "\"correct\":[%lld,%lld],\"own\":[%lld,%lld],\"repeats\":%s}\n",
      of.name, actual.losses.size(), worst_ratio(actual.losses, expected.losses),
      distance(actual.parameters, expected.parameters), distance(actual.traces, expected.traces),
      distance(actual.gradient - 1, expected.gradient - 1), std::abs(actual.loss / expected.loss - 1),
      static_cast<long long>(actual.correct.in_classes), static_cast<long long>(expected.correct.in_classes),
      static_cast<long long>(actual.correct.in_own), static_cast<long long>(expected.correct.in_own),
      repeats ? "true" : "false");
}

std::unique_ptr<Engine> fused_cuda(Mlp& model) { return std::make_unique<fused::CudaEngine>(model, Precision::kFp32); }

// Penalties without strength and a mask that lets all move change no bit; where a mask is 0, none moves at all.
void keep_bits() {
  const Case plain{"exact terms", {49, 20, 10}, 400, 50, "global", 0, Precision::kFp32, true, false, kMomentum};
  const Case idle = having("nothing, all ones", plain);
  const Case masked = having("mask", plain);
  Watcher watcher;
  Setup expected(plain, fused_cuda);
  Setup actual(idle, fused_cuda);
  Setup kept(masked, fused_cuda);
  const at::Tensor before = kept.model.parameters().values().clone();
  for (int epoch = 0; epoch < 2; ++epoch) {
    expected.epoch(plain, watcher);
    actual.epoch(idle, watcher);
    kept.epoch(masked, watcher);
  }
  const at::Tensor frozen = kept.objective().mask.eq(0);
  const at::Tensor& after = kept.model.parameters().values();
  const bool stays = at::equal(after.masked_select(frozen), before.masked_select(frozen)) && !at::equal(after, before);
  const bool same = at::equal(actual.model.parameters().values(), expected.model.parameters().values());
  std::printf("{\"name\":\"%s\",\"kept\":%s,\"repeats\":%s}\n", plain.name, stays ? "true" : "false",
              same ? "true" : "false");
}

// A cancelled epoch leaves the parameters where the optimiser's count says.
void cancel() {
  emulation::has_bias_relu = true;
  const Case of{"cancel", {49, 20, 10}, 1000, 10, "global"};
  Setup stopped(of, [&](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, of.precision); });
  Watcher watcher;
  watcher.most_reports = 1;
  std::string code;
  try {
    stopped.epoch(of, watcher);
  } catch (const Error& error) {
    code = error.code();
  }
  Setup reference(of, autograd);
  const at::Tensor order = reference.streams.shuffled_order(of.rows);
  const EpochPlan plan(JoinedViews({&reference.view}), order.slice(0, 0, stopped.optimizer->steps() * of.batch),
                       {of.batch});
  Watcher other;
  const std::vector<float> losses =
      reference.engine->train_epoch(plan, *reference.optimizer, {.off_direction = &*reference.penalty}, other);
  const double loss = losses[static_cast<size_t>(watcher.last_step - 1)];
  std::printf("{\"name\":\"cancel\",\"code\":\"%s\",\"steps\":%lld,\"reported\":%lld,\"loss\":%g,\"parameters\":%g}\n",
              code.c_str(), static_cast<long long>(stopped.optimizer->steps()),
              static_cast<long long>(watcher.last_step), std::abs(watcher.last_loss / loss - 1),
              distance(stopped.model.parameters().values(), reference.model.parameters().values()));
}

// Outputs that no loss goes over get no gradient at all, so that without a decay their weights stay; and they are never
// predicted, however large they are.
void mask_classes(const char* name, const std::vector<int64_t>& widths) {
  const Case of = showing("classes", {name, widths, 400, 50, "none", 0, Precision::kFp32, true, false, kSgdNoDecay});
  Setup setup(of, [&](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, of.precision); });
  Watcher watcher;
  const at::Tensor& values = setup.model.parameters().values();
  at::Tensor gradient = at::zeros_like(values);
  Batch batch = setup.batch(9);
  setup.engine->add_gradient(values, batch, 1, gradient);
  // Of an output layer's weights and biases, those of outputs that are in the range, or are not.
  const auto rows = [&](const at::Tensor& vector, bool in_range) {
    const std::vector<at::Tensor> views = setup.model.parameters().views(vector);
    const at::Tensor layer = at::cat({views[views.size() - 2], views.back().unsqueeze(1)}, 1);
    const at::Tensor output = at::arange(layer.size(0));
    const at::Tensor is_in = output.ge(kRangeClasses.begin).logical_and(output.lt(kRangeClasses.end));
    return layer.index({in_range ? is_in : is_in.logical_not()}).clone();
  };
  const bool is_zero = rows(gradient, false).eq(0).all().item<bool>() && rows(gradient, true).ne(0).any().item<bool>();
  const at::Tensor before = values.clone();
  setup.epoch(of, watcher);
  const bool kept = at::equal(rows(before, false), rows(values, false)) && !at::equal(before, values);
  const auto counts = [&] { return setup.engine->count_correct(setup.view, 64, watcher); };
  const CorrectRows right = counts();
  const int64_t last_bias = setup.model.parameters().segments().back().offset;
  for (const int64_t unseen : {int64_t{0}, kUnseenClass}) values[last_bias + unseen] = 1e6;
  const CorrectRows again = counts();
  setup.view.set_classes({});
  const CorrectRows of_all = counts();
  std::printf("{\"name\":\"%s\",\"zero\":%s,\"kept\":%s,\"counts\":[%lld,%lld,%lld,%lld,%lld]}\n", name,
              is_zero ? "true" : "false", kept ? "true" : "false", static_cast<long long>(right.in_classes),
              static_cast<long long>(again.in_classes), static_cast<long long>(right.in_own),
              static_cast<long long>(again.in_own), static_cast<long long>(of_all.in_classes));
}

// The floor is taken for batches of two sizes, and touches no parameter.
void time_gemm() {
  Setup setup({"gemm alone", {49, 20, 10}, 250, 100, "none"}, autograd);
  const at::Tensor before = setup.model.parameters().values().clone();
  const double seconds = fused::time_cuda_gemm(setup.model, Precision::kBf16, 250, 100);
  std::printf("{\"name\":\"gemm alone\",\"seconds\":%g,\"kept\":%s}\n", seconds,
              at::equal(before, setup.model.parameters().values()) ? "true" : "false");
}

// An order that was made before is the one that would be made now, whatever is drawn between.
void prepare_orders() {
  RandomStreams plain(7, c10::Device("cpu"));
  RandomStreams prepared(7, c10::Device("cpu"));
  bool same = true;
  for (const int64_t rows : {1000, 1000, 500, 700, 700}) {
    prepared.prepare_order(rows == 500 ? 1000 : rows);
    for (RandomStreams* streams : {&plain, &prepared}) {
      if (rows == 700) streams->unshuffled_pass();
    }
    same = same && at::equal(plain.shuffled_order(rows), prepared.shuffled_order(rows));
  }
  std::printf("{\"name\":\"prepared orders\",\"kept\":%s}\n", same ? "true" : "false");
}

// Rows classified right with parameters of which `place` is `value`.
int64_t correct_with(const MakeEngine& make, int64_t place, float value) {
  Setup setup({"", {49, 20, 10}, 300, 64}, make);
  Watcher watcher;
  setup.model.parameters().values()[place] = value;
  return setup.engine->count_correct(setup.view, 64, watcher).in_classes;
}

// No row is right of which an output is no finite number, least of all one of class 0; and an epoch ends with such a
// loss, within what is on its way to the device.
void diverge(const char* name, const MakeEngine& make) {
  const Case of{"", {49, 20, 10}, 3000, 10};
  Setup setup(of, make);
  const int64_t last_bias = setup.model.parameters().segments().back().offset;
  const int64_t healthy = correct_with(make, last_bias, 0);
  const int64_t nan = correct_with(make, last_bias, NAN);
  const int64_t infinite = correct_with(make, last_bias + 3, INFINITY);
  const auto wild = make_optimizer(setup.model.parameters(), kWild);
  Stopper stopper;
  const std::vector<float> losses = setup.engine->train_epoch(setup.plan(of), *wild, {}, stopper);
  std::printf("{\"name\":\"%s\",\"counts\":[%lld,%lld,%lld],\"steps\":%zu,\"finite\":%s}\n", name,
              static_cast<long long>(healthy), static_cast<long long>(nan), static_cast<long long>(infinite),
              losses.size(), std::isfinite(losses.back()) ? "true" : "false");
}

}  // namespace

int main() {
  at::set_num_threads(1);
  watch_libtorch();
  for (const Case& of : kEngineCases) compare(of);
  mask_classes("masked classes", {49, 20, 10});
  mask_classes("masked classes of a wide output", {49, 20, 35});
  keep_bits();
  cancel();
  time_gemm();
  prepare_orders();
  diverge("diverge: cuda", [](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, Precision::kFp32); });
  diverge("diverge: bf16", [](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, Precision::kBf16); });
  diverge("diverge: autograd", autograd);
  try_groups();
  try_training_groups();
  try_failures();
  try_autograd_graphs();
}
