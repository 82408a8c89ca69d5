// The kernels for CPUs with AVX-512 and its products of bfloat16.
#if defined(__x86_64__)
#include "kernels_headers.h"
#include <immintrin.h>

#define VECTOR_FLOATS 16
#define VECTOR_FMA 1
#define VECTOR_BFLOAT16 1
#define PANEL_VECTORS 4
#define KERNELS_TABLE kernels_avx512_bf16
// One unknown feature would make clang drop the whole attribute: keep to names every version knows.
#define FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi,bmi2"
#pragma clang attribute push(__attribute__((target(FEATURES))), apply_to = function)
#include "kernels_all.inc"
#pragma clang attribute pop
#endif
