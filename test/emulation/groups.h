#pragma once

namespace emulation {

// Prints more of what test/native/cuda-emulation.test.ts compares: models trained as one batch, and alone by autograd.
void try_groups();

}  // namespace emulation
