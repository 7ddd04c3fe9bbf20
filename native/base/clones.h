#pragma once

// Marks a function to be compiled for several instruction sets; the loader picks the best one this CPU has. Where the
// compiler may contract a product and a sum, the newer sets round once and the oldest twice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define CL_TORCH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CL_TORCH_CLONES
#endif
