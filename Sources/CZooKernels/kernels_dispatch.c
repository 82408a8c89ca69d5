// Chooses the kernels by what the CPU and the system (which must save the wide registers) can run.
#include "kernels_headers.h"

int zoo_isa_detect(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi") ||
      !__builtin_cpu_supports("bmi2"))
    return ZOO_ISA_BASE;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return __builtin_cpu_supports("avx512bf16") ? ZOO_ISA_AVX512_BF16 : ZOO_ISA_AVX512;
  return ZOO_ISA_AVX2;
#else
  return ZOO_ISA_BASE;
#endif
}

const char *zoo_isa_name(int isa) {
  switch (isa) {
  case ZOO_ISA_AVX512_BF16: return "avx512_bf16";
  case ZOO_ISA_AVX512: return "avx512";
  case ZOO_ISA_AVX2: return "avx2";
  default: return "base";
  }
}

const zoo_kernels *zoo_kernels_for(int isa) {
#if defined(__x86_64__)
  int best = zoo_isa_detect();
  if (isa > best) isa = best;
  if (isa == ZOO_ISA_AVX512_BF16) return &kernels_avx512_bf16;
  if (isa == ZOO_ISA_AVX512) return &kernels_avx512;
  if (isa == ZOO_ISA_AVX2) return &kernels_avx2;
#else
  (void)isa;
#endif
  return &kernels_base;
}
