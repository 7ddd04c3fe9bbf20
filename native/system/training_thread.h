#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cl_torch {

// One thread that runs tasks in order. LibTorch's grad mode, thread team and CUDA stream are per thread, so a session
// does all its work on one. Within a task it recycles the memory of tensors.
class TrainingThread {
 public:
  using Task = std::function<void()>;

  TrainingThread();
  ~TrainingThread();  // finishes as stop() does

  // `task` must not throw.
  void enqueue(Task task);

  // Runs what is queued, then joins. Idempotent; nothing may be enqueued afterwards.
  void stop();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace cl_torch
