#include "engine/autograd/cuda/pooled_graph.h"

#include <mutex>

namespace cl_torch {
namespace {

// LibTorch registers every graph with the device's default generator, which does not lock.
std::mutex& graphs_mutex() {
  static std::mutex mutex;
  return mutex;
}

void destroy(at::cuda::CUDAGraph* graph) {
  const std::lock_guard lock(graphs_mutex());
  delete graph;
}

}  // namespace

PooledGraph::PooledGraph() : graph_(new at::cuda::CUDAGraph(), destroy) {}

// Only the capturing thread must keep from what a capture forbids: other sessions go on allocating and waiting.
PooledGraph PooledGraph::capture(GraphPool& pool, const std::function<void()>& enqueue) {
  PooledGraph result;  // stands before the lock, which its end takes, too
  const std::lock_guard lock(graphs_mutex());
  at::cuda::CUDAGraph& graph = *result.graph_;
  graph.capture_begin(pool.id_, cudaStreamCaptureModeThreadLocal);
  try {
    enqueue();
  } catch (...) {
    try {
      graph.capture_end();  // else the stream stays in capture
    } catch (const c10::Error&) {
      // What was first is told.
    }
    throw;
  }
  graph.capture_end();
  if (!pool.first_) pool.first_ = result.graph_;
  return result;
}

}  // namespace cl_torch
