#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: steps of every optimiser as the autograd engine's
// graphs do them, and as the optimisers do; and that engine's epochs, as far as they can be acted out.
void try_autograd_graphs();

}  // namespace emulation
