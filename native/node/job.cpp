#include "node/job.h"

#include <utility>

#include "node/napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr auto kReportInterval = std::chrono::milliseconds(100);
constexpr const char* kEndedEarly = "The call was cancelled before it began.";

}  // namespace

Job::Job(Napi::Env env, Work work, std::function<void(Job*)> notify, Napi::FunctionReference on_progress)
    : deferred_(env),
      promise_(Napi::Persistent(deferred_.Promise())),
      on_progress_(std::move(on_progress)),
      wants_progress_(!on_progress_.IsEmpty()),
      work_(std::move(work)),
      notify_(std::move(notify)) {}

bool Job::leave_waiting(State next) {
  State expected = State::kWaiting;
  return state_.compare_exchange_strong(expected, next);
}

void Job::end(Napi::Env env) {
  cancelled_ = true;
  if (!leave_waiting(State::kEnded)) return;
  work_ = nullptr;
  reject(env, {code::kAborted, kEndedEarly});
}

void Job::run() {
  if (!leave_waiting(State::kBegun)) return;
  last_report_ = Clock::now();
  try {
    if (cancelled_) throw Error(code::kAborted, kEndedEarly);
    settle_ = work_(*this);
  } catch (...) {
    failure_ = current_failure();
  }
  work_ = nullptr;  // frees what it captured, such as a copy of the images
}

void Job::settle(Napi::Env env) {
  if (state_ == State::kEnded) return;
  if (failure_) {
    reject(env, *failure_);
  } else {
    deferred_.Resolve(settle_(env));
  }
}

void Job::reject(Napi::Env env, const Failure& failure) { deferred_.Reject(make_error(env, failure).Value()); }

bool Job::report_due() { return wants_progress_ && Clock::now() - last_report_ >= kReportInterval; }

void Job::report(int64_t step, int64_t steps, double loss) {
  last_report_ = Clock::now();
  bool announce = false;
  {
    const std::lock_guard lock(progress_mutex_);
    announce = !progress_;  // else the earlier announcement delivers this, newer one
    progress_ = Progress{step, steps, loss};
  }
  if (announce) notify_(this);
}

void Job::report_progress(Napi::Env env) {
  std::optional<Progress> latest;
  {
    const std::lock_guard lock(progress_mutex_);
    latest = std::exchange(progress_, std::nullopt);
  }
  if (!latest || cancelled_) return;
  on_progress_.Call({Napi::Number::New(env, static_cast<double>(latest->step)),
                     Napi::Number::New(env, static_cast<double>(latest->steps)), Napi::Number::New(env, latest->loss)});
}

}  // namespace cl_torch::node
