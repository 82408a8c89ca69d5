// The search kernels for CPUs with AVX-512 (F, BW, DQ, VL) that do not count bits: 64-byte vectors.
#if defined(__x86_64__)
#include <immintrin.h>

#include "search_headers.h"

#define VECTOR_FLOATS 16
#define VECTOR_FMA 1
#define PANEL_VECTORS 4
#define SEARCH_TABLE search_avx512
#define FEATURES "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,popcnt"
#pragma clang attribute push(__attribute__((target(FEATURES))), apply_to = function)
static inline __m512i population_of_nibbles(__m512i x) {
  const __m512i table = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
  const __m512i low = _mm512_set1_epi8(15);
  __m512i bytes = _mm512_add_epi8(_mm512_shuffle_epi8(table, _mm512_and_si512(x, low)),
                                  _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(x, 4), low)));
  return _mm512_sad_epu8(bytes, _mm512_setzero_si512());
}
#define POPULATION(v) ((vq)population_of_nibbles((__m512i)(v)))
#define ANY_BIT(v) (_mm512_test_epi32_mask((__m512i)(v), (__m512i)(v)) != 0)
#include "search_all.inc"
#pragma clang attribute pop
#endif
