// Chooses the search kernels by what the CPU and the system can run.
#include "search_headers.h"

const zoo_search_kernels *zoo_search_for(int isa) {
#if defined(__x86_64__)
  int best = zoo_isa_detect();
  if (isa > best) isa = best;
  if (isa >= ZOO_ISA_AVX512) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512vpopcntdq") ? &search_avx512_popcount : &search_avx512;
  }
  if (isa == ZOO_ISA_AVX2) return &search_avx2;
#else
  (void)isa;
#endif
  return &search_base;
}
