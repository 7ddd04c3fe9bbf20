#pragma once

#include <napi.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/observer.h"

namespace cl_torch::node {

struct Progress {
  int64_t step;
  int64_t steps;
  double loss;
};

// One call that waits for, runs on or has left the training thread. Made, settled and destroyed on the JavaScript
// thread; the training thread only calls run() and, through it, the Observer's methods.
class Job : public Observer {
 public:
  // Work for the training thread; it returns what turns the outcome into a JavaScript value, called later on the
  // JavaScript thread.
  using Settle = std::function<Napi::Value(Napi::Env)>;
  using Work = std::function<Settle(Observer&)>;

  // `notify` asks the JavaScript thread to call report_progress() on the job; `on_progress` may be empty.
  Job(Napi::Env env, Work work, std::function<void(Job*)> notify, Napi::FunctionReference on_progress);

  Napi::Promise promise() const { return promise_.Value(); }
  void cancel() { cancelled_ = true; }
  // Ends the call: at once if it still waits, else within a step or two. JavaScript thread.
  void end(Napi::Env env);

  void run();                                          // training thread; nothing if the call was ended while it waited
  void report_progress(Napi::Env env);                 // JavaScript thread
  void settle(Napi::Env env);                          // JavaScript thread, after run()
  void reject(Napi::Env env, const Failure& failure);  // JavaScript thread, instead of run()

  bool cancelled() const override { return cancelled_; }
  bool report_due() override;
  void report(int64_t step, int64_t steps, double loss) override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State { kWaiting, kBegun, kEnded };

  bool leave_waiting(State next);  // false for all but the first

  Napi::Promise::Deferred deferred_;
  Napi::Reference<Napi::Promise> promise_;  // valid as long as the job, unlike the deferred's own handle
  Napi::FunctionReference on_progress_;
  const bool wants_progress_;
  Work work_;
  std::function<void(Job*)> notify_;
  std::atomic<bool> cancelled_{false};
  std::atomic<State> state_{State::kWaiting};
  Settle settle_;
  std::optional<Failure> failure_;
  Clock::time_point last_report_;
  std::mutex progress_mutex_;
  std::optional<Progress> progress_;  // the latest one not yet delivered
};

}  // namespace cl_torch::node
