// The search kernels for CPUs with AVX-512 and its instruction that counts bits (VPOPCNTDQ).
#if defined(__x86_64__)
#include <immintrin.h>

#include "search_headers.h"

#define VECTOR_FLOATS 16
#define VECTOR_FMA 1
#define PANEL_VECTORS 4
#define SEARCH_TABLE search_avx512_popcount
#define FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,avx2,fma,bmi,bmi2,popcnt"
#pragma clang attribute push(__attribute__((target(FEATURES))), apply_to = function)
#define POPULATION(v) ((vq)_mm512_popcnt_epi64((__m512i)(v)))
#define ANY_BIT(v) (_mm512_test_epi32_mask((__m512i)(v), (__m512i)(v)) != 0)
#include "search_all.inc"
#pragma clang attribute pop
#endif
