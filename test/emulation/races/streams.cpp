// Streams that are threads: each does what it was given as soon as its order allows, beside the others and the host,
// which never waits unless it asks to. A graph's branches are threads, too.
#include <cuda_runtime.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "emulation.h"
#include "races/waits.h"
#include "races/worker.h"

namespace {

using emulation::Signal;
using emulation::Wait;
using emulation::Worker;

// What a captured stream was given; the signals are those of a launch.
using Branch = std::vector<std::function<void(const std::vector<Signal>&)>>;

// Of the stream that was captured, and of those that forked from it. Never freed: a count of their owners would be an
// order between these.
using Branches = std::deque<Branch>;

}  // namespace

struct EmulatedGraph {
  Branches* branches = new Branches;
  size_t signals = 0;
  std::vector<EmulatedStream*> streams;  // while it is captured
};

struct EmulatedStream {
  EmulatedStream() = default;
  ~EmulatedStream() {
    worker.give([helpers = helpers] { delete helpers; });
  }
  EmulatedStream(const EmulatedStream&) = delete;
  EmulatedStream& operator=(const EmulatedStream&) = delete;

  Worker worker;
  std::deque<Worker>* helpers = new std::deque<Worker>;  // of the worker, for branches of its graphs
  Branch* captured = nullptr;
  EmulatedGraph* graph = nullptr;

  void join(EmulatedGraph* its_graph) {
    graph = its_graph;
    graph->streams.push_back(this);
    captured = &graph->branches->emplace_back();
  }
};

struct EmulatedEvent {
  std::optional<Signal> signal;
  EmulatedGraph* graph = nullptr;
  size_t number = 0;  // of the graph's signals
};

namespace {

std::atomic<int64_t> waits_left = 0;  // up to the one that is not told of, itself included; none at 0
std::atomic<Wait> hidden = Wait::kNone;

// Whether the next wait is one that ThreadSanitizer is told of.
bool is_heeded(Wait wait) {
  if (waits_left.load(std::memory_order_relaxed) == 0) return true;
  if (waits_left.fetch_sub(1, std::memory_order_relaxed) > 1) return true;
  hidden.store(wait, std::memory_order_relaxed);
  return false;
}

void run(const Branches& branches, size_t signals, std::deque<Worker>& helpers) {
  const std::vector<Signal> of_launch(signals);
  const std::vector<Signal> ends(branches.size());
  while (helpers.size() + 1 < branches.size()) helpers.emplace_back();
  for (size_t i = 1; i < branches.size(); ++i) {
    helpers[i - 1].give([of_launch, end = ends[i], &branch = branches[i]] {
      for (const auto& work : branch) work(of_launch);
      end.raise();
    });
  }
  for (const auto& work : branches.front()) work(of_launch);
  for (size_t i = 1; i < branches.size(); ++i) ends[i].wait();
}

}  // namespace

namespace emulation {

void hide_wait(int64_t kth) {
  hidden = Wait::kNone;
  waits_left = kth;
}

Wait hidden_wait() { return hidden; }

void give(cudaStream_t stream, std::function<void()> work) {
  if (!stream) fail("work for LibTorch's own stream");
  if (stream->graph) {
    stream->captured->push_back([work = std::move(work)](const std::vector<Signal>&) { work(); });
  } else {
    stream->worker.give(std::move(work));
  }
}

}  // namespace emulation

using emulation::fail;

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "emulated error"; }
const char* cudaGetErrorName(cudaError_t) { return "emulated"; }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new EmulatedStream;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const Signal done;
  stream->worker.give([done] { done.raise(); });
  done.wait(is_heeded(Wait::kHostForStream));
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new EmulatedEvent;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->signal.reset();
  event->graph = stream ? stream->graph : nullptr;
  if (event->graph) {
    event->number = stream->graph->signals++;
    stream->captured->push_back(
        [number = event->number](const std::vector<Signal>& signals) { signals[number].raise(); });
  } else if (stream) {
    event->signal.emplace();
    stream->worker.give([signal = *event->signal] { signal.raise(); });
  }
  return cudaSuccess;
}

// LibTorch has done what it was given, and a stream that a capture begins with a wait of starts as late as the graph:
// these waits order nothing here.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  if (event->graph && !stream->graph) {
    stream->join(event->graph);
    return cudaSuccess;
  }
  if (event->graph != stream->graph) fail("a stream that waits across the border of a capture");
  if (event->graph) {
    const bool heeded = is_heeded(Wait::kStreamForEvent);
    stream->captured->push_back(
        [number = event->number, heeded](const std::vector<Signal>& signals) { signals[number].wait(heeded); });
  } else if (event->signal) {
    const bool heeded = is_heeded(Wait::kStreamForEvent);
    stream->worker.give([signal = *event->signal, heeded] { signal.wait(heeded); });
  }
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->signal) event->signal->wait(is_heeded(Wait::kHostForEvent));
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  stream->join(new EmulatedGraph);
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->graph;
  for (EmulatedStream* captured : std::exchange((*graph)->streams, {})) {
    captured->graph = nullptr;
    captured->captured = nullptr;
  }
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  *executable = new EmulatedGraph(*graph);
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  stream->worker.give([branches = executable->branches, signals = executable->signals, helpers = stream->helpers] {
    run(*branches, signals, *helpers);
  });
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  *memory = std::malloc(bytes);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory) {
  std::free(memory);
  return cudaSuccess;
}

// Memory on the host is read and written when the stream gets there, pageable memory, too: CUDA promises nothing
// better.
cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind, cudaStream_t stream) {
  emulation::give(stream, [=] { std::memmove(target, source, bytes); });
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream) {
  emulation::give(stream, [=] { std::memset(target, value, bytes); });
  return cudaSuccess;
}
