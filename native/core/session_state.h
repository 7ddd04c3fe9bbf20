#pragma once

// What Session's calls share; included by the files that implement them.

#include <ATen/ATen.h>

#include <chrono>
#include <optional>

#include "direction.h"
#include "error.h"
#include "penalty.h"
#include "session.h"
#include "training.h"

namespace cl_torch {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

[[noreturn]] inline void reject(const std::string& message) { throw Error(code::kInvalidArgument, message); }

struct Session::State {
  explicit State(const std::string& device_name) : device(device_name) {}

  template <typename Item>
  Item& item(std::vector<Item>& items, int64_t id, const char* kind) {
    if (id < 0 || id >= static_cast<int64_t>(items.size())) {
      reject("There is no " + std::string(kind) + " with the id " + std::to_string(id) + ".");
    }
    return items[static_cast<size_t>(id)];
  }

  TaskView& view(int64_t id) { return item(views, id, "view"); }

  Mlp& require_model() {
    if (!model) reject("The session has no model yet: call createModel first.");
    return *model;
  }

  void require_fit(const TaskView& view) {
    const Mlp& mlp = require_model();
    const Dataset& dataset = view.dataset();
    if (dataset.features() != mlp.inputs()) {
      reject("The data has " + std::to_string(dataset.features()) + " features, but the model takes " +
             std::to_string(mlp.inputs()) + ".");
    }
    if (dataset.largest_label() >= mlp.classes()) {
      reject("The data has the label " + std::to_string(dataset.largest_label()) + ", but the model has " +
             std::to_string(mlp.classes()) + " classes, numbered from 0.");
    }
  }

  c10::Device device;
  std::vector<std::shared_ptr<const Dataset>> datasets;
  std::vector<TaskView> views;
  std::optional<RandomStreams> streams;
  std::unique_ptr<Mlp> model;
  std::unique_ptr<AdamW> optimizer;  // refers to the model's parameters, like what follows
  Memory memory;
  at::Tensor anchor;
  std::optional<LessForgettingDirection> direction;
  std::optional<OffDirectionPenalty> penalty;
};

}  // namespace cl_torch
