// The kernels for CPUs with AVX2 and fused multiply-add: 32-byte vectors, 16 registers.
#if defined(__x86_64__)
#include "kernels_headers.h"

#define VECTOR_FLOATS 8
#define VECTOR_FMA 1
#define PANEL_VECTORS 2
#define KERNELS_TABLE kernels_avx2
// One unknown feature would make clang drop the whole attribute: keep to names every version knows.
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
#include "kernels_all.inc"
#pragma clang attribute pop
#endif
