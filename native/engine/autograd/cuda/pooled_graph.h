#pragma once

#include <ATen/cuda/CUDAGraph.h>

#include <functional>
#include <memory>

namespace cl_torch {

// The memory that the graphs of one engine share. They are replayed one after another on one stream, and what a step
// leaves is in memory from elsewhere, so that none needs anything of another's.
class GraphPool {
 private:
  friend class PooledGraph;

  at::cuda::MempoolId_t id_ = at::cuda::graph_pool_handle();
  std::shared_ptr<at::cuda::CUDAGraph> first_;  // stays: a pool ends with its last graph, and cannot be used again
};

// What LibTorch and the kernels were given on a stream between begin and end of a capture, the autograd engine's thread
// included, ready to be launched again and again on the calling thread's current stream.
class PooledGraph {
 public:
  // Captures what `enqueue` gives the calling thread's current stream; none of it runs. It must have run once before.
  static PooledGraph capture(GraphPool& pool, const std::function<void()>& enqueue);

  void launch(const GraphPool&) const { graph_->replay(); }

 private:
  PooledGraph();

  std::shared_ptr<at::cuda::CUDAGraph> graph_;
};

}  // namespace cl_torch
