#pragma once

// What the CUDA runtime hands out, each freed with its object. Freeing never throws: after a lost device every call
// fails, and the first failure has been reported.

#include <cuda_runtime_api.h>

#include <cstddef>
#include <utility>

#include "engine/fused/cuda/check.h"

namespace cl_torch::fused {

// A stream of its own: LibTorch's pooled ones are shared between sessions, and a capture must see one session's work.
class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a CUDA stream"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  cudaStream_t get() const { return stream_; }
  void synchronize() const { check(cudaStreamSynchronize(stream_), "waiting for the GPU"); }

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "making a CUDA event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  void record(cudaStream_t stream) const { check(cudaEventRecord(event_, stream), "recording a CUDA event"); }
  // What `stream` gets from now on starts after the event.
  void hold(cudaStream_t stream) const { check(cudaStreamWaitEvent(stream, event_, 0), "ordering CUDA streams"); }
  void wait() const { check(cudaEventSynchronize(event_), "waiting for the GPU"); }

 private:
  cudaEvent_t event_ = nullptr;
};

// Host memory that copies to and from the device without making the stream wait.
template <typename T>
class PinnedArray {
 public:
  explicit PinnedArray(size_t count) {
    void* memory = nullptr;
    check(cudaHostAlloc(&memory, count * sizeof(T), cudaHostAllocDefault), "allocating pinned host memory");
    items_ = static_cast<T*>(memory);
  }
  ~PinnedArray() { cudaFreeHost(items_); }
  PinnedArray(const PinnedArray&) = delete;
  PinnedArray& operator=(const PinnedArray&) = delete;

  T& operator[](size_t index) { return items_[index]; }

 private:
  T* items_ = nullptr;
};

// What a stream was given between begin and finish, ready to be launched again and again.
class Graph {
 public:
  // Captures what `enqueue` gives `stream` and the streams it forks; none of it runs.
  template <typename Enqueue>
  static Graph capture(cudaStream_t stream, const Enqueue& enqueue) {
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "beginning a CUDA graph");
    cudaGraph_t graph = nullptr;
    try {
      enqueue();
    } catch (...) {
      cudaStreamEndCapture(stream, &graph);  // else the stream stays in capture
      if (graph) cudaGraphDestroy(graph);
      cudaGetLastError();  // the failed capture's, which is told; LibTorch would take it for its own
      throw;
    }
    check(cudaStreamEndCapture(stream, &graph), "capturing a training step as a CUDA graph");
    Graph result;
    const cudaError_t status = cudaGraphInstantiateWithFlags(&result.executable_, graph, 0);
    cudaGraphDestroy(graph);
    check(status, "making a training step's CUDA graph");
    return result;
  }

  Graph(Graph&& other) noexcept : executable_(std::exchange(other.executable_, nullptr)) {}
  Graph& operator=(Graph&& other) noexcept {
    std::swap(executable_, other.executable_);
    return *this;
  }
  ~Graph() {
    if (executable_) cudaGraphExecDestroy(executable_);
  }

  void launch(cudaStream_t stream) const { check(cudaGraphLaunch(executable_, stream), "launching a training step"); }

 private:
  Graph() = default;

  cudaGraphExec_t executable_ = nullptr;
};

}  // namespace cl_torch::fused
