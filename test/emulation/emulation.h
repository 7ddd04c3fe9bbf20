#pragma once

namespace emulation {

// The order in which a block's threads run between two barriers; results must not depend on it.
extern bool last_thread_first;

// Whether cuBLASLt has products with a fused bias and ReLU; a real one need not have them for every shape.
extern bool has_bias_relu;

}  // namespace emulation
