// Streams, events and graphs. A stream's work waits until something asks for it, and then only as much runs as that
// needs; or it runs by chance (emulation::by_chance). Order that a program fails to ask for is order it does not get.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
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
  uint64_t after = 0;  // operations of LibTorch's that its work starts after

  Queue& queue() { return captured ? *captured : *own; }
};

struct EmulatedEvent {
  std::shared_ptr<Queue> queue;
  size_t count = 0;
  EmulatedGraph* graph = nullptr;
  uint64_t after = 0;  // as of a stream
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

std::minstd_rand chance;

// Runs some work of queues that have some, one after another by chance, as long as `goes_on`.
template <typename GoesOn>
void take_turns(std::vector<std::shared_ptr<Queue>> queues, const GoesOn& goes_on) {
  while (goes_on()) {
    std::erase_if(queues, [](const auto& queue) { return queue->done == queue->work.size(); });
    if (queues.empty()) return;
    Queue& chosen = *queues[chance() % queues.size()];
    chosen.run_to(chosen.done + 1);
  }
}

std::vector<std::shared_ptr<Queue>> queues_of_streams() {
  std::vector<std::shared_ptr<Queue>> queues;
  for (const EmulatedStream* stream : streams) queues.push_back(stream->own);
  return queues;
}

}  // namespace

namespace emulation {

bool late_copies = false;
bool captures = true;
bool by_chance = false;
bool at_once = false;
thread_local int captures_under_way = 0;

void give(cudaStream_t stream, std::function<void()> work) {
  if (!stream) fail("work for LibTorch's own stream");
  if (!stream->graph && stream->after < libtorch_operations()) fail("work that does not wait for LibTorch's stream");
  stream->queue().work.push_back(std::move(work));
  if (at_once && !stream->graph) stream->own->run_to(stream->own->work.size());
  if (by_chance && !stream->graph) take_turns(queues_of_streams(), [] { return chance() % 4 != 0; });
}

void require_idle_streams(const char* operation) {
  for (const EmulatedStream* stream : streams) {
    if (stream->own->done < stream->own->work.size()) {
      fail((std::string("LibTorch's ") + operation + " while the engine's streams have work").c_str());
    }
  }
}

}  // namespace emulation

using emulation::fail;

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
  emulation::forbid_in_capture("a wait for a stream");
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
  if (!stream) {
    event->after = emulation::libtorch_operations();
    return cudaSuccess;
  }
  event->after = stream->after;
  event->queue = stream->captured ? stream->captured : stream->own;
  event->count = event->queue->work.size();
  event->graph = stream->graph;
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  stream->after = std::max(stream->after, event->after);
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
  emulation::forbid_in_capture("a wait for an event");
  if (event->queue) event->queue->run_to(event->count);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  ++emulation::captures_under_way;
  stream->graph = new EmulatedGraph;
  stream->captured = std::make_shared<Queue>();
  stream->graph->queues.push_back(stream->captured);
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  --emulation::captures_under_way;
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
    const Queue& main = *queues.front();
    if (emulation::by_chance) take_turns(queues, [&] { return main.done < main.work.size(); });
    queues.front()->run_to(main.work.size());
    for (const auto& queue : queues) {
      if (queue->done != queue->work.size()) fail("a graph with a fork that never joined");
    }
  });
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void** memory, size_t bytes, unsigned) {
  if (emulation::is_refused()) return cudaErrorMemoryAllocation;
  emulation::forbid_in_capture("an allocation of pinned memory");
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
  const bool is_pageable = kind == cudaMemcpyHostToDevice   ? !is_pinned(source)
                           : kind == cudaMemcpyDeviceToHost ? !is_pinned(target)
                                                            : false;
  if (is_pageable) emulation::forbid_in_capture("a copy of pageable memory");
  if (kind == cudaMemcpyHostToDevice && is_pageable && !emulation::late_copies) {
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
