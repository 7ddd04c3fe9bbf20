#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: sessions of a training group, each on its own
// thread.
void try_training_groups();

}  // namespace emulation
