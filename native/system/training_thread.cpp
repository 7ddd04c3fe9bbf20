#include "system/training_thread.h"

#include <utility>

#include "system/tensor_memory.h"

namespace cl_torch {

TrainingThread::TrainingThread() : thread_([this] { loop(); }) {}

TrainingThread::~TrainingThread() { stop(); }

void TrainingThread::enqueue(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void TrainingThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void TrainingThread::loop() {
  RecycledTensors tensors;
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
    tensors.give_back();
  }
}

}  // namespace cl_torch
