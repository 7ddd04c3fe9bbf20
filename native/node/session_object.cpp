#include "node/session_object.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/arguments.h"
#include "node/convert.h"
#include "node/napi_errors.h"
#include "node/training_group_object.h"
#include "system/runtime_info.h"

namespace cl_torch::node {

std::vector<SessionObject::PropertyDescriptor> SessionObject::vector_methods() {
  return {InstanceMethod<&SessionObject::vector_names>("vectorNames"),
          InstanceMethod<&SessionObject::vector>("vector"),
          InstanceMethod<&SessionObject::set_vector>("setVector"),
          InstanceMethod<&SessionObject::fill_vector>("fillVector"),
          InstanceMethod<&SessionObject::copy_vector>("copyVector"),
          InstanceMethod<&SessionObject::drop_vector>("dropVector"),
          InstanceMethod<&SessionObject::add_vector>("addVector"),
          InstanceMethod<&SessionObject::scale_vector>("scaleVector"),
          InstanceMethod<&SessionObject::multiply_vector>("multiplyVector"),
          InstanceMethod<&SessionObject::divide_vector>("divideVector"),
          InstanceMethod<&SessionObject::dot_vectors>("dotVectors"),
          InstanceMethod<&SessionObject::norm_vector>("normVector"),
          InstanceMethod<&SessionObject::project_vector>("projectVector"),
          InstanceMethod<&SessionObject::retract_vector>("retractVector"),
          InstanceMethod<&SessionObject::spread_gates>("spreadGates")};
}

Napi::Function SessionObject::define(Napi::Env env) {
  std::vector<PropertyDescriptor> methods = {
      InstanceMethod<&SessionObject::load_dataset>("loadDataset"),
      InstanceMethod<&SessionObject::append_dataset>("appendDataset"),
      InstanceMethod<&SessionObject::drop_dataset>("dropDataset"),
      InstanceMethod<&SessionObject::add_view>("addView"),
      InstanceMethod<&SessionObject::set_classes>("setClasses"),
      InstanceMethod<&SessionObject::read_rows>("readRows"),
      InstanceMethod<&SessionObject::create_model>("createModel"),
      InstanceMethod<&SessionObject::load_model>("loadModel"),
      InstanceMethod<&SessionObject::grow_head>("growHead"),
      InstanceMethod<&SessionObject::create_optimizer>("createOptimizer"),
      InstanceMethod<&SessionObject::train_epoch>("trainEpoch"),
      InstanceMethod<&SessionObject::evaluate>("evaluate"),
      InstanceMethod<&SessionObject::predict>("predict"),
      InstanceMethod<&SessionObject::classify>("classify"),
      InstanceMethod<&SessionObject::score>("score"),
      InstanceMethod<&SessionObject::gradient>("gradient"),
      InstanceMethod<&SessionObject::importance>("importance"),
      InstanceMethod<&SessionObject::parameters>("parameters"),
      InstanceMethod<&SessionObject::is_finite>("isFinite"),
      InstanceMethod<&SessionObject::set_parameters>("setParameters"),
      InstanceMethod<&SessionObject::buffers>("buffers"),
      InstanceMethod<&SessionObject::set_buffers>("setBuffers"),
      InstanceMethod<&SessionObject::skip_order>("skipOrder"),
      InstanceMethod<&SessionObject::add_memory>("addMemory"),
      InstanceMethod<&SessionObject::keep_buffers>("keepBuffers"),
      InstanceMethod<&SessionObject::estimate_statistics>("estimateStatistics"),
      InstanceMethod<&SessionObject::find_direction>("findDirection"),
      InstanceMethod<&SessionObject::set_penalties>("setPenalties"),
      InstanceMethod<&SessionObject::set_path>("setPath"),
      InstanceMethod<&SessionObject::set_mask>("setMask"),
      InstanceMethod<&SessionObject::set_gates>("setGates"),
      InstanceMethod<&SessionObject::set_frozen>("setFrozen"),
      InstanceMethod<&SessionObject::set_micro_batch_size>("setMicroBatchSize"),
      InstanceMethod<&SessionObject::set_batch_loss>("setBatchLoss"),
      InstanceMethod<&SessionObject::set_draws>("setDraws"),
      InstanceMethod<&SessionObject::keep_memory>("keepMemory"),
      InstanceMethod<&SessionObject::memory_info>("memoryInfo"),
      InstanceMethod<&SessionObject::memory_labels>("memoryLabels"),
      InstanceMethod<&SessionObject::features>("features"),
      InstanceMethod<&SessionObject::take_targets>("takeTargets"),
      InstanceMethod<&SessionObject::drop_targets>("dropTargets"),
      InstanceMethod<&SessionObject::memory_features>("memoryFeatures"),
      InstanceMethod<&SessionObject::take_memory_targets>("takeMemoryTargets"),
      InstanceMethod<&SessionObject::drop_memory_targets>("dropMemoryTargets"),
      InstanceMethod<&SessionObject::deviation>("deviation"),
      InstanceMethod<&SessionObject::find_equilibrium_point>("findEquilibriumPoint"),
      InstanceMethod<&SessionObject::export_state>("exportState"),
      InstanceMethod<&SessionObject::import_state>("importState"),
      InstanceMethod<&SessionObject::open>("open"),
      InstanceMethod<&SessionObject::cancel>("cancel"),
      InstanceMethod<&SessionObject::cancel_call>("cancelCall"),
      InstanceMethod<&SessionObject::dispose>("dispose")};
  for (const PropertyDescriptor& method : vector_methods()) methods.push_back(method);
  return DefineClass(env, "Session", methods);
}

SessionObject::SessionObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SessionObject>(info) {
  const Napi::Env env = info.Env();
  const Options options(info, "Session");
  device_ = options.text("device");
  threads_ = static_cast<int>(options.integer("threads", 1, kMostThreads));
  guarded(env, [&] { require_device(device_); });
  if (options.has("trainingGroup")) membership_ = TrainingGroupObject::join(options, "trainingGroup", device_);
  // Before all that would have to be given back if there were no thread.
  thread_ = guarded(env, [] { return std::make_unique<TrainingThread>(); });
  channel_ = Channel::New(env, "cl-torch session", 0, 1, this);
  channel_.Unref(env);  // an idle session keeps no process alive
  // After the channel, whose own hook closes it: hooks run in reverse order, so the thread has ended by then.
  teardown_hook_ = TeardownHook(
      env, +[](SessionObject* self) { self->end_with_environment(); }, this);
  live_sessions_ = env.GetInstanceData<LiveSessions>();
  live_sessions_->add(this);
}

void SessionObject::Finalize(Napi::BasicEnv env) {
  shut_down();
  host_bytes_ = 0;
  account(env);
  if (!environment_ended_ && !teardown_hook_.IsEmpty()) teardown_hook_.Remove(env);
}

Napi::Value SessionObject::submit(const Napi::CallbackInfo& info, std::function<Job::Settle(Session&, Observer&)> work,
                                  Napi::FunctionReference on_progress) {
  const Napi::Env env = info.Env();
  auto on_thread = [this, work = std::move(work)](Observer& observer) {
    if (!session_) session_ = std::make_unique<Session>(device_, threads_, membership_);
    auto settle = work(*session_, observer);
    host_bytes_ = session_->host_bytes();
    return settle;
  };
  auto notify = [this](Job* job) { send({Event::Kind::kProgress, job}); };
  auto owned = std::make_unique<Job>(env, std::move(on_thread), std::move(notify), std::move(on_progress));
  Job* job = owned.get();
  const Napi::Promise promise = job->promise();
  if (!thread_) {
    job->reject(env, {code::kDisposed, "The session was disposed. Make a new one."});
    return promise;
  }
  if (jobs_.empty()) {  // while a call is outstanding, neither the object nor the process goes away
    Ref();
    channel_.Ref(env);
  }
  jobs_.emplace(job, std::move(owned));
  thread_->enqueue([this, job] {
    job->run();
    send({Event::Kind::kDone, job});
  });
  return promise;
}

void SessionObject::send(Event event) {
  auto owned = std::make_unique<Event>(event);
  if (channel_.NonBlockingCall(owned.get()) == napi_ok) owned.release();
}

void SessionObject::deliver(Napi::Env env, Napi::Function, SessionObject* self, Event* event) {
  const std::unique_ptr<Event> owned(event);
  if (env == nullptr) return;  // the environment is ending: the channel is only being emptied
  if (owned->kind == Event::Kind::kProgress) {
    owned->job->report_progress(env);
  } else {
    self->finish(env, owned->job);
  }
}

void SessionObject::finish(Napi::Env env, Job* job) {
  const auto node = jobs_.extract(job);
  account(env);
  if (jobs_.empty()) {
    if (thread_) channel_.Unref(env);
    Unref();
  }
  node.mapped()->settle(env);
}

void SessionObject::end_with_environment() {
  environment_ended_ = true;
  shut_down();
}

void LiveSessions::end_all() {
  const std::set<SessionObject*> ending = sessions_;
  for (SessionObject* session : ending) session->shut_down();
}

void SessionObject::shut_down() {
  if (!thread_) return;
  live_sessions_->remove(this);
  for (auto& [job, owned] : jobs_) job->cancel();
  thread_->enqueue([this] { session_.reset(); });
  thread_.reset();
  membership_ = {};
  host_bytes_ = 0;
  // A channel whose environment ends is closed by Node itself and must not be touched again.
  if (!environment_ended_) channel_.Release();
}

void SessionObject::account(Napi::BasicEnv env) {
  const int64_t bytes = host_bytes_;
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes - accounted_bytes_);
  accounted_bytes_ = bytes;
}

void SessionObject::cancel(const Napi::CallbackInfo& info) {
  for (auto& [job, owned] : jobs_) job->end(info.Env());
}

void SessionObject::cancel_call(const Napi::CallbackInfo& info) {
  const auto call = std::find_if(jobs_.begin(), jobs_.end(),
                                 [&](const auto& entry) { return info[0].StrictEquals(entry.first->promise()); });
  if (call != jobs_.end()) call->first->end(info.Env());
}

void SessionObject::dispose(const Napi::CallbackInfo& info) {
  shut_down();
  account(info.Env());
}

}  // namespace cl_torch::node
