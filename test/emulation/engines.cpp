// Trains with the CUDA engine on the emulated device and with autograd, and prints what
// test/native/cuda-emulation.test.ts compares: one JSON object a case.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "core/autograd_engine.h"
#include "core/memory.h"
#include "emulation.h"
#include "fused/cuda_engine.h"
#include "fused/cuda_products_timing.h"

using namespace cl_torch;

namespace {

struct Case {
  const char* name;
  std::vector<int64_t> widths;
  int64_t rows;
  int64_t batch;
  const char* penalty = "none";  // or "global", "per-tensor"
  int64_t rehearsal = 0;
  Precision precision = Precision::kFp32;
  bool has_bias_relu = true;
  bool numbers = false;  // float32 inputs
};

const std::vector<Case> kCases = {
    {"a short last batch", {49, 12, 10}, 1000, 96},
    {"the penalty of one sphere", {49, 40, 10}, 1000, 64, "global"},
    {"the penalty of a sphere a tensor", {49, 40, 10}, 1000, 64, "per-tensor"},
    {"rehearsal", {49, 20, 10}, 1000, 64, "none", 13},
    {"both", {49, 20, 10}, 1000, 64, "global", 64},
    {"an odd batch size and odd widths", {49, 51, 17, 29, 10}, 620, 31},
    {"no hidden layer", {49, 10}, 1000, 64},
    {"one example at a time", {49, 20, 10}, 60, 1, "global"},
    {"no fused bias and ReLU", {49, 20, 20, 10}, 1000, 64, "none", 0, Precision::kFp32, false},
    {"inputs that are numbers", {49, 20, 10}, 1000, 64, "none", 13, Precision::kFp32, true, true},
    {"bf16", {49, 40, 40, 10}, 1000, 64, "global", 0, Precision::kBf16},
    {"bf16, no fused bias and ReLU", {49, 20, 10}, 1000, 64, "none", 5, Precision::kBf16, false},
};

class Watcher : public Observer {
 public:
  bool cancelled() const override { return reports >= most_reports; }
  bool report_due() override { return true; }
  void report(int64_t step, int64_t, double loss) override {
    ++reports;
    last_step = step;
    last_loss = loss;
  }

  int64_t most_reports = INT64_MAX;
  int64_t reports = 0;
  int64_t last_step = 0;
  double last_loss = 0;
};

// Rows of noise with a stripe that tells the class.
template <typename Value>
std::shared_ptr<const Dataset> make_dataset(int64_t rows, int64_t features, Value brightest) {
  DatasetRows data;
  data.rows = rows;
  data.features = features;
  auto images = std::make_unique<Value[]>(static_cast<size_t>(rows * features));
  uint32_t state = 12345;
  for (int64_t row = 0; row < rows; ++row) {
    const auto label = static_cast<int32_t>(row % 10);
    data.labels.push_back(label);
    for (int64_t column = 0; column < features; ++column) {
      state = state * 1103515245U + 12345U;
      const float value = static_cast<float>((state >> 25) + (column % 10 == label ? 128 : 0)) / 255;
      images[static_cast<size_t>(row * features + column)] = static_cast<Value>(value * static_cast<float>(brightest));
    }
  }
  data.images = std::move(images);
  return std::make_shared<const Dataset>(std::move(data), c10::Device("cpu"));
}

std::vector<int32_t> columns(int64_t count, bool reversed) {
  std::vector<int32_t> result;
  for (int64_t i = 0; i < count; ++i) result.push_back(static_cast<int32_t>(reversed ? count - 1 - i : i));
  return result;
}

// A session's worth of state, so that two engines start from the same.
struct Setup {
  explicit Setup(const Case& of, const std::function<std::unique_ptr<Engine>(Mlp&)>& make)
      : streams(7, c10::Device("cpu")),
        dataset(of.numbers ? make_dataset<float>(of.rows, of.widths.front(), 1)
                           : make_dataset<uint8_t>(of.rows, of.widths.front(), 255)),
        view(dataset, columns(of.widths.front(), true)),
        model(of.widths, streams, c10::Device("cpu")),
        optimizer(model.parameters(), {1e-3, 0.9, 0.999, 1e-8, 1e-4}) {
    std::vector<int64_t> rows(50);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
    memory.add(0, TaskView(dataset, columns(of.widths.front(), false)), rows);
    if (std::strcmp(of.penalty, "none") != 0) add_penalty(std::strcmp(of.penalty, "global") == 0);
    engine = make(model);
  }

  void add_penalty(bool global) {
    const ParameterVector& parameters = model.parameters();
    std::vector<Range> parts;
    if (global) {
      parts.push_back({0, parameters.values().size(0)});
    } else {
      for (const Segment& segment : parameters.segments()) parts.push_back({segment.offset, segment.count});
    }
    Sphere sphere(parts, 20);
    at::Tensor direction = at::zeros_like(parameters.values());
    for (at::Tensor& part : parameters.views(direction)) part.normal_(0, 1, streams.method_device());
    sphere.retract_(direction);
    penalty.emplace(parameters, sphere, direction, parameters.values().clone(), PenaltyOptions{0.05, PenaltyGradient::kClosedForm});
  }

  std::vector<float> epoch(const Case& of, Observer& observer) {
    std::optional<MemoryDealer> dealer;
    if (of.rehearsal > 0) dealer.emplace(memory, of.rehearsal, streams.method());
    const EpochPlan plan({&view}, streams.shuffled_order(view.rows()), of.batch, dealer ? &*dealer : nullptr);
    return engine->train_epoch(plan, optimizer, penalty ? &*penalty : nullptr, observer);
  }

  Batch batch(int64_t rows) { return view.batch(at::arange(rows, at::kLong)); }

  RandomStreams streams;
  std::shared_ptr<const Dataset> dataset;
  TaskView view;
  Mlp model;
  AdamW optimizer;
  Memory memory;
  std::optional<OffDirectionPenalty> penalty;
  std::unique_ptr<Engine> engine;
};

std::unique_ptr<Engine> autograd(Mlp& model) { return std::make_unique<AutogradEngine>(model); }

struct Trace {
  std::vector<float> losses;
  at::Tensor parameters;
  int64_t correct = 0;
  double loss = 0;
  at::Tensor gradient;
};

// Three epochs; everything else an engine does, at parameters that are not the model's; and an epoch more, because an
// evaluation's larger buffers take the place of those that the steps' graphs were captured with.
Trace trace(const Case& of, const std::function<std::unique_ptr<Engine>(Mlp&)>& make) {
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
  return result;
}

double worst_ratio(const std::vector<float>& actual, const std::vector<float>& expected) {
  double worst = actual.size() == expected.size() ? 0 : INFINITY;
  for (size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, std::abs(actual[i] / double{expected[i]} - 1));
  return worst;
}

double distance(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual - expected).norm() / expected.norm()).item<double>();
}

void compare(const Case& of) {
  emulation::has_bias_relu = of.has_bias_relu;
  const auto fused = [&](Mlp& model) { return std::make_unique<fused::CudaEngine>(model, of.precision); };
  const Trace expected = trace(of, autograd);
  emulation::last_thread_first = false;
  const Trace actual = trace(of, fused);
  emulation::last_thread_first = true;
  const Trace again = trace(of, fused);
  const bool repeats = actual.losses == again.losses && at::equal(actual.parameters, again.parameters) &&
                       at::equal(actual.gradient, again.gradient) && actual.correct == again.correct;
  std::printf("{\"name\":\"%s\",\"steps\":%zu,\"losses\":%g,\"parameters\":%g,\"gradient\":%g,\"loss\":%g,"
              "\"correct\":[%lld,%lld],\"repeats\":%s}\n",
              of.name, actual.losses.size(), worst_ratio(actual.losses, expected.losses),
              distance(actual.parameters, expected.parameters), distance(actual.gradient - 1, expected.gradient - 1),
              std::abs(actual.loss / expected.loss - 1), static_cast<long long>(actual.correct),
              static_cast<long long>(expected.correct), repeats ? "true" : "false");
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
  const EpochPlan plan({&reference.view}, order.slice(0, 0, stopped.optimizer.steps() * of.batch), of.batch, nullptr);
  Watcher other;
  const std::vector<float> losses =
      reference.engine->train_epoch(plan, reference.optimizer, &*reference.penalty, other);
  const double loss = losses[static_cast<size_t>(watcher.last_step - 1)];
  std::printf("{\"name\":\"cancel\",\"code\":\"%s\",\"steps\":%lld,\"reported\":%lld,\"loss\":%g,\"parameters\":%g}\n",
              code.c_str(), static_cast<long long>(stopped.optimizer.steps()),
              static_cast<long long>(watcher.last_step), std::abs(watcher.last_loss / loss - 1),
              distance(stopped.model.parameters().values(), reference.model.parameters().values()));
}

// The floor is taken for batches of two sizes, and touches no parameter.
void time_products() {
  Setup setup({"products", {49, 20, 10}, 250, 100, "none"}, autograd);
  const at::Tensor before = setup.model.parameters().values().clone();
  const double seconds = fused::time_cuda_products(setup.model, Precision::kBf16, 250, 100);
  std::printf("{\"name\":\"products\",\"seconds\":%g,\"kept\":%s}\n", seconds,
              at::equal(before, setup.model.parameters().values()) ? "true" : "false");
}

}  // namespace

int main() {
  at::set_num_threads(1);
  for (const Case& of : kCases) compare(of);
  cancel();
  time_products();
}
