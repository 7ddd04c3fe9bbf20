#pragma once

// Marks a function to be compiled for several instruction sets; the loader picks the best one this CPU has. The newer
// sets have an instruction that multiplies and adds with one rounding, and the compiler may use it where the oldest set
// rounds the product and then the sum. So a result may depend on the CPU, unless the file is compiled with
// -ffp-contract=off.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define CL_TORCH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CL_TORCH_CLONES
#endif
