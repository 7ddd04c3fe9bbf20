#pragma once

#include <functional>

#include "base/observer.h"
#include "data/memory.h"
#include "methods/lfd/options.h"
#include "methods/loss_function.h"

namespace cl_torch {

// The equilibrium point (Wen et al., 2024): on the line w(lambda) = (1 - lambda) w_t + lambda w_{t+1} from the old
// parameters, `anchor`, to `parameters`, the model's own, the point where the loss on the memory is least, by SGD on
// lambda with dL/dlambda = <grad L_M(w(lambda)), w_{t+1} - w_t>. The parameters are then those of that point. A search
// that diverges ends with a lambda that is no finite number, and leaves the parameters alone. `arrive` is told each
// lambda before the loss is asked for there, and last the one that the parameters are left at.
EquilibriumOutcome find_equilibrium_point(LossFunction& loss_function, at::Tensor parameters, const at::Tensor& anchor,
                                          const Memory& memory, const EquilibriumOptions& options,
                                          const at::Generator& generator, Observer& observer,
                                          const std::function<void(double)>& arrive);

}  // namespace cl_torch
