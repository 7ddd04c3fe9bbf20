#include "session_object.h"

#include <algorithm>
#include <utility>

#include "../core/runtime_info.h"
#include "arguments.h"
#include "napi_errors.h"

namespace cl_torch::node {
namespace {

constexpr int64_t kMostThreads = 1024;
constexpr int64_t kWidestLayer = 1 << 20;
constexpr int64_t kLargestBatch = int64_t{1} << 31;
constexpr int64_t kLargestId = int64_t{1} << 31;

Napi::Float32Array to_float32_array(Napi::Env env, const std::vector<float>& values) {
  auto array = Napi::Float32Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Float64Array to_float64_array(Napi::Env env, const std::vector<double>& values) {
  auto array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Object to_object(Napi::Env env, const NamedTensor& tensor) {
  auto shape = Napi::Array::New(env, tensor.shape.size());
  for (uint32_t i = 0; i < tensor.shape.size(); ++i) shape[i] = static_cast<double>(tensor.shape[i]);
  auto object = Napi::Object::New(env);
  object["name"] = tensor.name;
  object["shape"] = shape;
  object["data"] = to_float32_array(env, tensor.data);
  return object;
}

Job::Settle resolve_undefined() {
  return [](Napi::Env env) { return env.Undefined(); };
}

Job::Settle resolve_id(int64_t id) {
  return [id](Napi::Env env) { return Napi::Number::New(env, static_cast<double>(id)); };
}

// The caller may change, transfer or drop its arrays while the call is queued, so both are copied here.
DatasetBytes copy_dataset(Napi::Env env, const Options& options) {
  const auto images = options.bytes("images");
  const auto labels = options.bytes("labels");
  DatasetBytes bytes;
  bytes.features = options.integer("features", 1, kWidestLayer);
  bytes.rows = static_cast<int64_t>(labels.ElementLength());
  const auto pixels = static_cast<int64_t>(images.ElementLength());
  if (bytes.rows == 0 || pixels / bytes.features != bytes.rows || pixels % bytes.features != 0) {
    throw make_error(env, {code::kInvalidArgument,
                           "loadDataset: 'images' must hold labels × features = " + std::to_string(bytes.rows) +
                               " × " + std::to_string(bytes.features) + " bytes, at least one row; found " +
                               std::to_string(pixels) + "."});
  }
  bytes.images = std::make_unique_for_overwrite<uint8_t[]>(images.ElementLength());
  std::copy_n(images.Data(), images.ElementLength(), bytes.images.get());
  bytes.labels.assign(labels.Data(), labels.Data() + labels.ElementLength());
  return bytes;
}

}  // namespace

Napi::Function SessionObject::define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {InstanceMethod<&SessionObject::load_dataset>("loadDataset"),
                      InstanceMethod<&SessionObject::add_view>("addView"),
                      InstanceMethod<&SessionObject::create_model>("createModel"),
                      InstanceMethod<&SessionObject::create_optimizer>("createOptimizer"),
                      InstanceMethod<&SessionObject::train_epoch>("trainEpoch"),
                      InstanceMethod<&SessionObject::evaluate>("evaluate"),
                      InstanceMethod<&SessionObject::parameters>("parameters"),
                      InstanceMethod<&SessionObject::cancel>("cancel"),
                      InstanceMethod<&SessionObject::dispose>("dispose")});
}

SessionObject::SessionObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<SessionObject>(info) {
  const Napi::Env env = info.Env();
  const Options options(info, "Session");
  device_ = options.text("device");
  threads_ = static_cast<int>(options.integer("threads", 1, kMostThreads));
  guarded(env, [&] { require_device(device_); });
  channel_ = Channel::New(env, "cl-torch session", 0, 1, this);
  channel_.Unref(env);  // an idle session keeps no process alive
  // After the channel, whose own hook closes it: hooks run in reverse order, so the thread has ended by then.
  teardown_hook_ = TeardownHook(
      env,
      +[](SessionObject* self) {
        self->environment_ended_ = true;
        self->shut_down();
      },
      this);
  thread_ = std::make_unique<TrainingThread>();
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
    if (!session_) session_ = std::make_unique<Session>(device_, threads_);
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

void SessionObject::shut_down() {
  if (!thread_) return;
  for (auto& [job, owned] : jobs_) job->cancel();
  thread_->enqueue([this] { session_.reset(); });
  thread_.reset();
  host_bytes_ = 0;
  // A channel whose environment ends is closed by Node itself and must not be touched again.
  if (!environment_ended_) channel_.Release();
}

void SessionObject::account(Napi::BasicEnv env) {
  const int64_t bytes = host_bytes_;
  Napi::MemoryManagement::AdjustExternalMemory(env, bytes - accounted_bytes_);
  accounted_bytes_ = bytes;
}

Napi::Value SessionObject::load_dataset(const Napi::CallbackInfo& info) {
  const auto bytes = std::make_shared<DatasetBytes>(copy_dataset(info.Env(), Options(info, "loadDataset")));
  return submit(info, [bytes](Session& session, Observer&) {
    return resolve_id(session.load_dataset(std::move(*bytes)));
  });
}

Napi::Value SessionObject::add_view(const Napi::CallbackInfo& info) {
  const Options options(info, "addView");
  const int64_t dataset = options.integer("dataset", 0, kLargestId);
  return submit(info, [dataset, permutation = options.int32s("permutation")](Session& session, Observer&) {
    return resolve_id(session.add_view(dataset, permutation));
  });
}

Napi::Value SessionObject::create_model(const Napi::CallbackInfo& info) {
  const Options options(info, "createModel");
  const auto layers = options.integers("layers", 1, kWidestLayer);
  if (layers.size() < 2) {
    throw make_error(info.Env(), {code::kInvalidArgument,
                                  "createModel: 'layers' must name at least the input and the output width; found " +
                                      std::to_string(layers.size()) + " width(s)."});
  }
  const auto seed = static_cast<uint64_t>(options.integer("seed", 0, kMaxSafeInteger));
  return submit(info, [layers, seed](Session& session, Observer&) {
    session.create_model(layers, seed);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::create_optimizer(const Napi::CallbackInfo& info) {
  const Options options(info, "createOptimizer");
  const AdamWOptions adamw{options.number("learningRate"), options.number("beta1"), options.number("beta2"),
                           options.number("epsilon"), options.number("weightDecay")};
  return submit(info, [adamw](Session& session, Observer&) {
    session.create_optimizer(adamw);
    return resolve_undefined();
  });
}

Napi::Value SessionObject::train_epoch(const Napi::CallbackInfo& info) {
  const Options options(info, "trainEpoch");
  const int64_t view = options.integer("view", 0, kLargestId);
  const int64_t batch_size = options.integer("batchSize", 1, kLargestBatch);
  Napi::FunctionReference on_progress;
  if (info[1].IsFunction()) on_progress = Napi::Persistent(info[1].As<Napi::Function>());
  auto work = [view, batch_size](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.train_epoch(view, batch_size, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["losses"] = to_float32_array(env, outcome.losses);
      object["seconds"] = outcome.seconds;
      return object;
    };
  };
  return submit(info, std::move(work), std::move(on_progress));
}

Napi::Value SessionObject::evaluate(const Napi::CallbackInfo& info) {
  const Options options(info, "evaluate");
  const auto views = options.integers("views", 0, kLargestId);
  const int64_t batch_size = options.integer("batchSize", 1, kLargestBatch);
  return submit(info, [views, batch_size](Session& session, Observer& observer) -> Job::Settle {
    return [outcome = session.evaluate(views, batch_size, observer)](Napi::Env env) {
      auto object = Napi::Object::New(env);
      object["correct"] = to_float64_array(env, outcome.correct);
      object["total"] = to_float64_array(env, outcome.total);
      object["seconds"] = outcome.seconds;
      return object;
    };
  });
}

Napi::Value SessionObject::parameters(const Napi::CallbackInfo& info) {
  return submit(info, [](Session& session, Observer&) -> Job::Settle {
    return [tensors = session.parameters()](Napi::Env env) {
      auto array = Napi::Array::New(env, tensors.size());
      for (uint32_t i = 0; i < tensors.size(); ++i) array[i] = to_object(env, tensors[i]);
      return array;
    };
  });
}

void SessionObject::cancel(const Napi::CallbackInfo&) {
  for (auto& [job, owned] : jobs_) job->cancel();
}

void SessionObject::dispose(const Napi::CallbackInfo& info) {
  shut_down();
  account(info.Env());
}

}  // namespace cl_torch::node
