#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: steps of every optimiser as the autograd engine's
// graphs do them, and as the optimisers do.
void try_eager_updates();

}  // namespace emulation
