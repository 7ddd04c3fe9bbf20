#pragma once

// Small trainings that an engine on the emulated device and autograd can do alike.

#include <ATen/ATen.h>

#include <cmath>
#include <functional>
#include <string>

#include "cases.h"
#include "data/memory.h"
#include "emulation.h"
#include "engine/autograd/engine.h"

namespace emulation {

// Everything that a device may do in another order or later, it does so while one of these lives.
struct Adversity {
  Adversity() { set(true); }
  ~Adversity() { set(false); }
  Adversity(const Adversity&) = delete;
  Adversity& operator=(const Adversity&) = delete;

 private:
  static void set(bool adverse) {
    last_thread_first = adverse;
    late_copies = adverse;
    by_chance = adverse;
  }
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

  void used_graphs(bool used) override { graphs = used; }

  std::optional<bool> graphs;
  int64_t most_reports = INT64_MAX;
  int64_t reports = 0;
  int64_t last_step = 0;
  double last_loss = 0;
};

// Ends a training that diverges.
class Stopper : public Watcher {
 public:
  bool accepts(double loss) const override { return std::isfinite(loss); }
};

// Its first step throws the parameters out of what a float32 can hold.
inline const OptimizerOptions kWild{OptimizerKind::kAdamW, 1e30, 0, 0.9, 0.999, 1e-8};

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

// How a data set of `features` numbers a row is shown: all of them, the last one first if need be.
inline ViewOptions shown(int64_t features, bool reversed) {
  ViewOptions options;
  for (int64_t i = 0; i < features; ++i) {
    options.columns.push_back(static_cast<int32_t>(reversed ? features - 1 - i : i));
  }
  return options;
}

inline constexpr ClassRange kOldClasses{0, 3};    // the memory's, where a training sees some of the classes,
inline constexpr ClassRange kOwnClasses{3, 6};    // the task's own,
inline constexpr ClassRange kRangeClasses{3, 8};  // those of its examples, which its losses go over,
inline constexpr int64_t kUnseenClass = 9;        // and one that no example has

// Rows of the data set whose labels are in the range; those of make_dataset are the rows' last digits.
inline std::vector<int32_t> rows_of(const ClassRange& range, int64_t rows) {
  std::vector<int32_t> result;
  for (int32_t row = 0; row < rows; ++row) {
    if (row % 10 >= range.begin && row % 10 < range.end) result.push_back(row);
  }
  return result;
}

// Seven tables of what a byte is, each its own.
inline std::vector<float> tables() {
  std::vector<float> values;
  for (int table = 0; table < 7; ++table) {
    for (int byte = 0; byte < 256; ++byte) {
      values.push_back((static_cast<float>(byte) / 255 - 0.3F) / (0.4F + 0.1F * static_cast<float>(table)));
    }
  }
  return values;
}

// How a case's training examples are shown.
inline ViewOptions shown(const Case& of) {
  ViewOptions options = shown(of.widths.front(), true);
  if (of.shows("classes")) {
    options.rows = rows_of(kRangeClasses, of.rows);
    options.own_classes = kOwnClasses;
  }
  if (of.shows("values")) options.values = tables();
  if (!of.shows("picks") && !of.shows("values")) return options;
  for (size_t i = 0; i < options.columns.size(); i += 3) options.columns[i] = i % 2 == 0 ? -1 : 5;
  options.rows.emplace();
  for (int64_t row = of.rows; row-- > 0;) {
    if (row % 3 != 0) options.rows->push_back(static_cast<int32_t>(row));
  }
  options.labels.emplace();
  for (int32_t label = 0; label < of.widths.back(); ++label) {
    options.labels->push_back(static_cast<int32_t>(of.widths.back()) - 1 - label);
  }
  return options;
}

using MakeEngine = std::function<std::unique_ptr<Engine>(Mlp&)>;

inline NetworkSpec mlp_of(const std::vector<int64_t>& widths) {
  return {Mlp::kKind,
          {widths.front()},
          widths.back(),
          {{"hidden", std::vector<int64_t>(widths.begin() + 1, widths.end() - 1)}}};
}

// A session's worth of state, so that two engines start from the same.
struct Setup {
  Setup(const Case& of, const MakeEngine& make, uint64_t seed = 7)
      : streams(seed, c10::Device("cpu")),
        dataset(of.numbers ? make_dataset<float>(of.rows, of.widths.front(), 1)
                           : make_dataset<uint8_t>(of.rows, of.widths.front(), 255)),
        view(dataset, shown(of)),
        model(mlp_of(of.widths), c10::Device("cpu")),
        optimizer(make_optimizer(model.parameters(), of.optimizer)) {
    model.initialise(streams);
    std::vector<int64_t> rows(50);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(i);
    TaskView remembered(dataset, shown(of.widths.front(), false));
    if (of.shows("classes")) {
      view.set_classes(kRangeClasses);
      remembered.set_classes(kOldClasses);
      std::erase_if(rows, [](int64_t row) { return row % 10 >= kOldClasses.end; });
    }
    memory.add(0, remembered, rows);
    if (std::strcmp(of.penalty, "none") != 0) add_penalty(std::strcmp(of.penalty, "global") == 0);
    terms.emplace(of, model);
    if (std::strstr(of.terms, "targets")) view.set_targets(at::arange(view.rows() * 9, at::kFloat).sin().view({-1, 9}));
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
    Sphere sphere(parts, 20, Arithmetic::libtorch());
    at::Tensor direction = at::zeros_like(parameters.values());
    for (at::Tensor& part : parameters.views(direction)) part.normal_(0, 1, streams.method_device());
    sphere.retract_(direction);
    penalty.emplace(parameters, sphere, direction, parameters.values().clone(),
                    PenaltyOptions{0.05, PenaltyGradient::kClosedForm});
  }

  EpochPlan plan(const Case& of) {
    std::optional<MemoryDealer> dealer;
    if (of.rehearsal > 0) dealer.emplace(memory, of.rehearsal, streams.method());
    EpochMemory its_memory;
    if (dealer) its_memory.join = [&](RunList& batch) { dealer->deal(batch); };
    return EpochPlan(JoinedViews({&view}), streams.shuffled_order(view.rows()), {of.batch}, its_memory);
  }

  Objective objective() const {
    Objective result{.off_direction = its_penalty()};
    terms->join(result);
    return result;
  }

  const OffDirectionPenalty* its_penalty() const { return penalty ? &*penalty : nullptr; }

  std::vector<float> epoch(const Case& of, Observer& observer) {
    return engine->train_epoch(plan(of), *optimizer, objective(), observer);
  }

  Batch batch(int64_t rows) {
    const at::Tensor all = view.dataset_rows();
    const auto count = static_cast<size_t>(rows);
    Batch result = view.batch(all.slice(0, 0, rows));
    if (!view.classes().is_all()) result.classes.assign(count, view.classes());
    if (rows > 10) std::fill_n(result.classes.begin(), result.classes.empty() ? 0 : 5, ClassRange{});
    return result;
  }

  RandomStreams streams;
  std::shared_ptr<const Dataset> dataset;
  TaskView view;
  Mlp model;
  std::unique_ptr<Optimizer> optimizer;
  Memory memory;
  std::optional<OffDirectionPenalty> penalty;
  std::optional<Terms> terms;
  std::unique_ptr<Engine> engine;
};

inline std::unique_ptr<Engine> autograd(Mlp& model) { return std::make_unique<AutogradEngine>(model); }

inline double worst_ratio(const std::vector<float>& actual, const std::vector<float>& expected) {
  double worst = actual.size() == expected.size() ? 0 : INFINITY;
  for (size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, std::abs(actual[i] / double{expected[i]} - 1));
  return worst;
}

inline double distance(const at::Tensor& actual, const at::Tensor& expected) {
  return ((actual - expected).norm() / expected.norm()).item<double>();
}

}  // namespace emulation
