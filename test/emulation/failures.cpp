#include "failures.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "base/cuda_failure.h"
#include "engine/fused/cuda/group.h"
#include "rules.h"
#include "small.h"

namespace emulation {
namespace {

// Two products make its output layer; a narrower one is a kernel.
const Case kWide{"", {9, 5, 40}, 28, 16, "global"};

// Parameters after so many steps, without a failure.
const at::Tensor& parameters_after(int64_t steps, const Case& of = kSmall) {
  static std::map<std::pair<int64_t, int64_t>, at::Tensor> known;
  const std::pair key{steps, of.widths.back()};
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  Setup setup(of, autograd);
  Watcher watcher;
  for (int64_t left = steps; left > 0; left -= kSteps) {
    setup.engine->train_epoch(plan_of(setup, left), *setup.optimizer, {.off_direction = setup.its_penalty()}, watcher);
  }
  return known.emplace(key, setup.model.parameters().values().clone()).first->second;
}

void copy_state(const Setup& from, Setup& to) {
  to.model.parameters().values().copy_(from.model.parameters().values());
  for (size_t i = 0; i < from.optimizer->vectors().size(); ++i) {
    to.optimizer->vectors()[i].values.copy_(from.optimizer->vectors()[i].values);
  }
  to.optimizer->resume(from.optimizer->steps());
}

struct Refusals {
  int64_t calls = 0;      // that can fail
  int64_t told = 0;       // of which so many ended the work with an error,
  bool by_name = true;    // always OUT_OF_MEMORY
  double parameters = 0;  // largest distance from those after as many steps as were counted
  bool goes_on = true;    // an epoch afterwards gives the bits of an engine to which nothing happened
};

// The parameters are those after the steps that were counted. Where the last of a step's calls failed, behind its
// update, they are one step further.
double distance_from_count(const Setup& setup, const Case& of = kSmall) {
  const at::Tensor& values = setup.model.parameters().values();
  const int64_t steps = setup.optimizer->steps();
  return std::min(distance(values, parameters_after(steps, of)), distance(values, parameters_after(steps + 1, of)));
}

// Two epochs, for a graph is captured in the second, and an evaluation.
bool go_on_alike(Setup& one, Setup& other) {
  Watcher watcher;
  const bool same = train(one) == train(other) && train(one) == train(other);
  const auto correct = [&](Setup& setup) { return setup.engine->count_correct(setup.view, 64, watcher).in_classes; };
  return same && correct(one) == correct(other) &&
         at::equal(one.model.parameters().values(), other.model.parameters().values());
}

// Refuses each call of a session's work in turn: a model's engine, two epochs, an evaluation for which the buffers
// grow, and an epoch.
Refusals refuse_each() {
  Refusals result;
  for (int64_t kth = 1;; ++kth) {
    Setup setup(kSmall, autograd);
    setup.engine.reset();
    Watcher watcher;
    forget_kernels();
    refuse(kth);
    try {
      setup.engine = cuda(setup.model);
      train(setup);
      train(setup);
      setup.engine->count_correct(setup.view, 64, watcher);
      train(setup);
    } catch (...) {
      ++result.told;
      result.by_name = result.by_name && current_failure().code == code::kOutOfMemory;
    }
    const bool refused = has_refused();
    refuse(0);
    if (!refused) return result;
    ++result.calls;
    if (!setup.engine) setup.engine = cuda(setup.model);
    result.parameters = std::max(result.parameters, distance_from_count(setup));
    Setup sound(kSmall, cuda);
    copy_state(setup, sound);
    result.goes_on = result.goes_on && go_on_alike(setup, sound);
  }
}

// Refuses each product's algorithm in turn: a fused bias and ReLU is then done without, and all else is an error.
Refusals refuse_products(int status) {
  Refusals result;
  for (int64_t kth = 1;; ++kth) {
    Setup setup(kWide, cuda);
    refuse_product(kth, status);
    bool told = false;
    try {
      train(setup);
    } catch (...) {
      told = true;
      result.by_name = result.by_name && current_failure().code == code::kLibTorch;
    }
    const bool refused = has_refused_product();
    refuse_product(0, status);
    if (!refused) return result;
    ++result.calls;
    result.told += told ? 1 : 0;
    result.parameters = std::max(result.parameters, distance_from_count(setup, kWide));
  }
}

void print(const char* name, const Refusals& result) {
  std::printf("{\"name\":\"%s\",\"calls\":%lld,\"told\":%lld,\"byName\":%s,\"parameters\":%g,\"repeats\":%s}\n", name,
              static_cast<long long>(result.calls), static_cast<long long>(result.told),
              result.by_name ? "true" : "false", result.parameters, result.goes_on ? "true" : "false");
}

// Two epochs without graphs, beside two with them.
void compare_graphs(const char* name, bool fails) {
  Setup with(kSmall, cuda);
  train(with);
  Watcher watcher;
  const auto run = [&](Setup& setup) {
    return setup.engine->train_epoch(plan_of(setup, kSteps), *setup.optimizer, {.off_direction = setup.its_penalty()},
                                     watcher);
  };
  const std::vector<float> expected = run(with);
  const bool before = watcher.graphs.value_or(false);
  captures = !fails;
  if (!fails) setenv("CL_TORCH_CUDA_GRAPHS", "off", 1);
  Setup without(kSmall, cuda);
  train(without);
  const bool same = run(without) == expected;
  captures = true;
  unsetenv("CL_TORCH_CUDA_GRAPHS");
  std::printf("{\"name\":\"%s\",\"graphs\":[%s,%s],\"repeats\":%s}\n", name, before ? "true" : "false",
              watcher.graphs.value_or(true) ? "true" : "false", same ? "true" : "false");
}

void refuse_switch() {
  setenv("CL_TORCH_CUDA_GRAPHS", "perhaps", 1);
  std::string code;
  try {
    Setup setup(kSmall, cuda);
  } catch (const Error& error) {
    code = error.code();
  }
  unsetenv("CL_TORCH_CUDA_GRAPHS");
  std::printf("{\"name\":\"graphs: neither on nor off\",\"code\":\"%s\"}\n", code.c_str());
}

// What CUDA calls unusable is DEVICE_LOST.
void name_failures() {
  std::string codes;
  for (const int status : {2, 1, 226, 700, 721, 810, 911}) {
    codes += (codes.empty() ? "\"" : ",\"") + std::string(cuda_failure(status, "").code()) + "\"";
  }
  std::printf("{\"name\":\"names of failures\",\"codes\":[%s]}\n", codes.c_str());
}

// Where the tensors of a network would lie on a GPU: everything but the values, which are nowhere.
void lay_out() {
  bool aligned = true;
  const std::vector<TensorVector::Shape> shapes = {{"a", {400, 785}}, {"b", {3}}, {"c", {1}}, {"d", {128}}};
  const TensorVector elsewhere(shapes, c10::Device("meta"));
  for (const Segment& segment : elsewhere.segments()) aligned = aligned && segment.offset * 4 % 512 == 0;
  const TensorVector here(shapes, c10::Device("cpu"));
  std::printf("{\"name\":\"layout\",\"aligned\":%s,\"offsets\":[%lld,%lld,%lld]}\n",
              aligned && elsewhere.values().size(0) % 128 == 0 ? "true" : "false",
              static_cast<long long>(here.segments()[1].offset), static_cast<long long>(here.segments()[2].offset),
              static_cast<long long>(here.segments()[3].offset));
}

// A group's failure leaves its models where they were, and a stranger among them does not disturb the others.
void fail_in_group() {
  Setup one(kSmall, cuda);
  Setup other(kSmall, cuda, 8);
  Setup stranger(kSmall, autograd);
  fused::CudaGroup group;
  const EpochPlan plan = plan_of(one, kSteps);
  Watcher watcher;
  std::vector<EpochRequest> requests;
  std::string codes;
  const auto epoch = [&] {
    requests.clear();
    for (Setup* setup : {&one, &other, &stranger}) {
      requests.push_back({static_cast<int64_t>(requests.size()),
                          *setup->engine,
                          plan,
                          *setup->optimizer,
                          {.off_direction = setup->its_penalty()},
                          watcher});
    }
    group.train({&requests[0], &requests[1], &requests[2]}, [](EpochRequest&) {});
  };
  int64_t calls = 0;
  bool kept = true;
  for (bool refused = true; refused; ++calls) {
    const at::Tensor before = one.model.parameters().values().clone();
    refuse(calls + 1);
    epoch();
    refused = has_refused();
    refuse(0);
    const int64_t steps = one.optimizer->steps();
    kept = kept && (requests[0].failure ? at::equal(before, one.model.parameters().values()) : steps > 0) &&
           steps % kSteps == 0;
  }
  for (const EpochRequest& request : requests) {
    codes += codes.empty() ? "\"" : ",\"";
    try {
      if (request.failure) std::rethrow_exception(request.failure);
    } catch (const Error& error) {
      codes += error.code();
    }
    codes += "\"";
  }
  const int64_t steps = one.optimizer->steps();
  std::printf("{\"name\":\"refused calls of a group\",\"calls\":%lld,\"codes\":[%s],\"kept\":%s,\"parameters\":%g}\n",
              static_cast<long long>(calls), codes.c_str(), kept ? "true" : "false",
              distance(one.model.parameters().values(), parameters_after(steps)));
}

}  // namespace

void try_failures() {
  has_bias_relu = true;
  print("refused calls", refuse_each());
  print("refused products: has none", refuse_products(CUBLAS_STATUS_NOT_SUPPORTED));
  print("refused products: an error", refuse_products(CUBLAS_STATUS_INVALID_VALUE));
  fail_in_group();
  try_rules();
  compare_graphs("graphs: a capture that fails", true);
  compare_graphs("graphs: switched off", false);
  refuse_switch();
  name_failures();
  lay_out();
}

}  // namespace emulation
