#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/parameter_vector.h"
#include "base/random_streams.h"
#include "nn/network_spec.h"

namespace cl_torch {

// What a forward pass is for: training may use statistics of the batch and update buffers with them.
enum class Mode { kTraining, kEvaluation };

// The tensors that networks of one specification have.
struct NetworkShapes {
  std::vector<TensorVector::Shape> parameters;
  std::vector<TensorVector::Shape> buffers;
};

// A network that gives every row of inputs a number (logit) for each class.
class Network {
 public:
  virtual ~Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  const NetworkSpec& spec() const { return spec_; }
  int64_t inputs() const { return spec_.inputs(); }
  int64_t classes() const { return spec_.classes; }

  // What training changes by its gradient,
  ParameterVector& parameters() { return parameters_; }
  const ParameterVector& parameters() const { return parameters_; }
  // and what a forward pass in training mode keeps beside: running means, for example. It may be empty.
  TensorVector& buffers() { return buffers_; }
  const TensorVector& buffers() const { return buffers_; }

  // [n, inputs()] → logits [n, classes()].
  virtual at::Tensor forward(const at::Tensor& inputs, Mode mode) = 0;

  // Numbers that a row of inputs becomes where the network is widest; it bounds how many rows are taken at once.
  virtual int64_t widest() const = 0;

  // Draws all parameters anew, on the CPU whatever the device, like a PyTorch model that is made and then moved.
  virtual void initialise(const RandomStreams& streams) = 0;

  // The same network for more classes: what it has stays, the output units that are new are drawn like a fresh layer's.
  virtual std::unique_ptr<Network> grown(int64_t classes, const RandomStreams& streams) const = 0;

 protected:
  // All zero.
  Network(NetworkSpec spec, const NetworkShapes& shapes, const c10::Device& device)
      : spec_(std::move(spec)), parameters_(shapes.parameters, device), buffers_(shapes.buffers, device) {}

 private:
  NetworkSpec spec_;
  ParameterVector parameters_;
  TensorVector buffers_;
};

}  // namespace cl_torch
