#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: what becomes of a training when calls fail.
void try_failures();

}  // namespace emulation
