#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "node/job.h"
#include "node/live_sessions.h"
#include "session/session.h"
#include "system/training_thread.h"

namespace cl_torch::node {

// The JavaScript class Session: a core session on a training thread of its own. Three ways to end, each of which
// cancels and joins the thread first: dispose(), garbage collection (only when no call is outstanding), and the end
// of the environment (process exit or worker.terminate()), where JavaScript can no longer be called.
class SessionObject : public Napi::ObjectWrap<SessionObject> {
 public:
  static Napi::Function define(Napi::Env env);

  // Node-API itself refuses methods called on any other object ("Illegal invocation").
  explicit SessionObject(const Napi::CallbackInfo& info);
  void Finalize(Napi::BasicEnv env) override;

  void shut_down();  // cancels, joins and closes the channel; idempotent

 private:
  struct Event {
    enum class Kind { kProgress, kDone } kind;
    Job* job;
  };
  static void deliver(Napi::Env env, Napi::Function, SessionObject* self, Event* event);
  using Channel = Napi::TypedThreadSafeFunction<SessionObject, Event, deliver>;

  // Those of define() that compute with vectors.
  static std::vector<PropertyDescriptor> vector_methods();

  Napi::Value load_dataset(const Napi::CallbackInfo& info);
  Napi::Value append_dataset(const Napi::CallbackInfo& info);
  Napi::Value drop_dataset(const Napi::CallbackInfo& info);
  Napi::Value add_view(const Napi::CallbackInfo& info);
  Napi::Value set_classes(const Napi::CallbackInfo& info);
  Napi::Value create_model(const Napi::CallbackInfo& info);
  Napi::Value load_model(const Napi::CallbackInfo& info);
  Napi::Value grow_head(const Napi::CallbackInfo& info);
  Napi::Value create_optimizer(const Napi::CallbackInfo& info);
  Napi::Value train_epoch(const Napi::CallbackInfo& info);
  Napi::Value evaluate(const Napi::CallbackInfo& info);
  Napi::Value read_rows(const Napi::CallbackInfo& info);
  Napi::Value predict(const Napi::CallbackInfo& info);
  Napi::Value classify(const Napi::CallbackInfo& info);
  Napi::Value score(const Napi::CallbackInfo& info);
  Napi::Value gradient(const Napi::CallbackInfo& info);
  Napi::Value importance(const Napi::CallbackInfo& info);
  Napi::Value parameters(const Napi::CallbackInfo& info);
  Napi::Value is_finite(const Napi::CallbackInfo& info);
  Napi::Value set_parameters(const Napi::CallbackInfo& info);
  Napi::Value buffers(const Napi::CallbackInfo& info);
  Napi::Value set_buffers(const Napi::CallbackInfo& info);
  Napi::Value skip_order(const Napi::CallbackInfo& info);
  Napi::Value add_memory(const Napi::CallbackInfo& info);
  Napi::Value keep_memory(const Napi::CallbackInfo& info);
  Napi::Value memory_info(const Napi::CallbackInfo& info);
  Napi::Value features(const Napi::CallbackInfo& info);
  Napi::Value memory_features(const Napi::CallbackInfo& info);
  Napi::Value take_memory_targets(const Napi::CallbackInfo& info);
  Napi::Value drop_memory_targets(const Napi::CallbackInfo& info);
  Napi::Value memory_labels(const Napi::CallbackInfo& info);
  Napi::Value take_targets(const Napi::CallbackInfo& info);
  Napi::Value drop_targets(const Napi::CallbackInfo& info);
  Napi::Value keep_buffers(const Napi::CallbackInfo& info);
  Napi::Value estimate_statistics(const Napi::CallbackInfo& info);
  Napi::Value find_direction(const Napi::CallbackInfo& info);
  Napi::Value set_penalties(const Napi::CallbackInfo& info);
  Napi::Value set_path(const Napi::CallbackInfo& info);
  Napi::Value set_mask(const Napi::CallbackInfo& info);
  Napi::Value set_gates(const Napi::CallbackInfo& info);
  Napi::Value set_frozen(const Napi::CallbackInfo& info);
  Napi::Value set_micro_batch_size(const Napi::CallbackInfo& info);
  Napi::Value set_batch_loss(const Napi::CallbackInfo& info);
  Napi::Value set_draws(const Napi::CallbackInfo& info);
  Napi::Value deviation(const Napi::CallbackInfo& info);
  Napi::Value find_equilibrium_point(const Napi::CallbackInfo& info);
  Napi::Value vector_names(const Napi::CallbackInfo& info);
  Napi::Value vector(const Napi::CallbackInfo& info);
  Napi::Value set_vector(const Napi::CallbackInfo& info);
  Napi::Value fill_vector(const Napi::CallbackInfo& info);
  Napi::Value copy_vector(const Napi::CallbackInfo& info);
  Napi::Value drop_vector(const Napi::CallbackInfo& info);
  Napi::Value add_vector(const Napi::CallbackInfo& info);
  Napi::Value scale_vector(const Napi::CallbackInfo& info);
  Napi::Value multiply_vector(const Napi::CallbackInfo& info);
  Napi::Value divide_vector(const Napi::CallbackInfo& info);
  Napi::Value dot_vectors(const Napi::CallbackInfo& info);
  Napi::Value norm_vector(const Napi::CallbackInfo& info);
  Napi::Value project_vector(const Napi::CallbackInfo& info);
  Napi::Value retract_vector(const Napi::CallbackInfo& info);
  Napi::Value spread_gates(const Napi::CallbackInfo& info);
  Napi::Value export_state(const Napi::CallbackInfo& info);
  Napi::Value import_state(const Napi::CallbackInfo& info);
  Napi::Value open(const Napi::CallbackInfo& info);
  void cancel(const Napi::CallbackInfo& info);
  void cancel_call(const Napi::CallbackInfo& info);
  void dispose(const Napi::CallbackInfo& info);

  // Queues `work` and returns its promise.
  Napi::Value submit(const Napi::CallbackInfo& info, std::function<Job::Settle(Session&, Observer&)> work,
                     Napi::FunctionReference on_progress = {});
  void send(Event event);  // training thread
  void finish(Napi::Env env, Job* job);
  void end_with_environment();  // JavaScript can no longer be called
  void account(Napi::BasicEnv env);

  std::string device_;
  int threads_;
  Membership membership_;
  std::unique_ptr<Session> session_;  // made, used and destroyed on the training thread
  std::atomic<int64_t> host_bytes_{0};
  int64_t accounted_bytes_ = 0;                          // what V8 was told
  std::unordered_map<Job*, std::unique_ptr<Job>> jobs_;  // outstanding calls
  LiveSessions* live_sessions_ = nullptr;
  std::unique_ptr<TrainingThread> thread_;
  Channel channel_;
  using TeardownHook = Napi::Env::CleanupHook<void (*)(SessionObject*), SessionObject>;
  TeardownHook teardown_hook_;
  bool environment_ended_ = false;
};

}  // namespace cl_torch::node
