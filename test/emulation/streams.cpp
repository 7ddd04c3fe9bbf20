// Streams, events and graphs. A stream's work waits until something asks for it, and then only as much runs as that
// needs: order that a program fails to ask for is order it does not get.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "emulation.h"

namespace {

struct Queue {
  std::vector<std::function<void()>> work;
  size_t done = 0;

  void run_to(size_t count) {
    while (done < count) {
      const auto next = work[done++];
      next();
    }
  }
};

}  // namespace

struct EmulatedGraph {
  std::vector<std::shared_ptr<Queue>> queues;  // of the stream that was captured, and of those that forked from it
};

struct EmulatedStream {
  std::shared_ptr<Queue> own = std::make_shared<Queue>();
  std::shared_ptr<Queue> captured;
  EmulatedGraph* graph = nullptr;

  Queue& queue() { return captured ? *captured : *own; }
};

struct EmulatedEvent {
  std::shared_ptr<Queue> queue;
  size_t count = 0;
  EmulatedGraph* graph = nullptr;
};

namespace {

std::map<void*, size_t> pinned;
std::vector<EmulatedStream*> streams;

bool is_pinned(const void* memory) {
  return std::any_of(pinned.begin(), pinned.end(), [&](const auto& block) {
    const auto* begin = static_cast<const char*>(block.first);
    return memory >= begin && memory < begin + block.second;
  });
}

[[noreturn]] void fail(const char* why) {
  std::fprintf(stderr, "emulation: %s\n", why);
  std::abort();
}

}  // namespace

namespace emulation {

bool late_copies = false;
bool captures = true;

void give(cudaStream_t stream, std::function<void()> work) {
  if (!stream) fail("work for LibTorch's own stream");
  stream->queue().work.push_back(std::move(work));
}

}  // namespace emulation

cudaError_t cudaGetLastError() { return cudaSuccess; }
const char* cudaGetErrorString(cudaError_t) { return "emulated error"; }
const char* cudaGetErrorName(cudaError_t) { return "emulated"; }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  streams.push_back(*stream = new EmulatedStream);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  std::erase(streams, stream);
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (stream->graph) fail("a wait for a stream in capture");
  stream->own->run_to(stream->own->work.size());
  return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  *event = new EmulatedEvent;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  *event = {};
  if (!stream) return cudaSuccess;
  event->queue = stream->captured ? stream->captured : stream->own;
  event->count = event->queue->work.size();
  event->graph = stream->graph;
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  if (!event->queue) return cudaSuccess;
  if (event->graph && !stream->graph) {
    stream->graph = event->graph;
    stream->captured = std::make_shared<Queue>();
    stream->graph->queues.push_back(stream->captured);
  }
  if (event->graph != stream->graph) fail("a captured stream that waits for work outside the capture");
  emulation::give(stream, [queue = event->queue, count = event->count] { queue->run_to(count); });
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->graph) fail("a wait for an event in capture");
  if (event->queue) event->queue->run_to(event->count);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  stream->graph = new EmulatedGraph;
  stream->captured = std::make_shared<Queue>();
  stream->graph->queues.push_back(stream->captured);
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->graph;
  for (EmulatedStream* other : streams) {
    if (other->graph != *graph) continue;
    other->graph = nullptr;
    other->captured.reset();
  }
  if (emulation::captures && !emulation::is_refused()) return cudaSuccess;
  delete std::exchange(*graph, nullptr);
  return cudaErrorStreamCaptureInvalidated;
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
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
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  emulation::give(stream, [queues = executable->queues] {
    for (const auto& queue : queues) queue->done = 0;
    queues.front()->run_to(queues.front()->work.size());
    for (const auto& queue : queues) {
      if (queue->done != queue->work.size()) fail("a graph with a fork that never joined");
    }
  });
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  *memory = std::malloc(bytes);
  pinned[*memory] = bytes;
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* memory) {
  pinned.erase(memory);
  std::free(memory);
  return cudaSuccess;
}

// Pageable memory is read before the call returns, unless copies are late; pinned memory when the stream gets there.
cudaError_t cudaMemcpyAsync(void* target, const void* source, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  if (kind == cudaMemcpyHostToDevice && !is_pinned(source) && !emulation::late_copies) {
    const auto* begin = static_cast<const char*>(source);
    emulation::give(stream, [=, copy = std::vector<char>(begin, begin + bytes)] {
      std::copy(copy.begin(), copy.end(), static_cast<char*>(target));
    });
  } else {
    emulation::give(stream, [=] { std::memmove(target, source, bytes); });
  }
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* target, int value, size_t bytes, cudaStream_t stream) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  emulation::give(stream, [=] { std::memset(target, value, bytes); });
  return cudaSuccess;
}
