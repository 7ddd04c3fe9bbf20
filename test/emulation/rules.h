#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: the order between LibTorch and the engine, and
// whether the emulation notices what a real device would not forgive.
void try_rules();

}  // namespace emulation
