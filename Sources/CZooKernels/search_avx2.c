// The search kernels for CPUs with AVX2: 32-byte vectors; bits are counted through a table of nibbles in a register.
#if defined(__x86_64__)
#include <immintrin.h>

#include "search_headers.h"

#define VECTOR_FLOATS 8
#define VECTOR_FMA 1
#define PANEL_VECTORS 2
#define SEARCH_TABLE search_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,popcnt"))), apply_to = function)
static inline __m256i population_of_nibbles(__m256i x) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2,
                                         2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  __m256i bytes = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                                  _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
  return _mm256_sad_epu8(bytes, _mm256_setzero_si256());
}
#define POPULATION(v) ((vq)population_of_nibbles((__m256i)(v)))
#define ANY_BIT(v) (!_mm256_testz_si256((__m256i)(v), (__m256i)(v)))
#include "search_all.inc"
#pragma clang attribute pop
#endif
