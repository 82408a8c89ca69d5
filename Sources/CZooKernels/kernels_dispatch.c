// Chooses the kernels by what the CPU and the system (which must save the wide registers) can run.
#include "kernels_headers.h"

#include <stdlib.h>

static const char *const names[] = {"base", "avx2", "avx512", "avx512_bf16"};

/// The cap that the environment sets, or the highest.
static int cap(void) {
  const char *wanted = getenv("ZOO_MAX_ISA");
  for (int isa = ZOO_ISA_BASE; wanted != NULL && isa < ZOO_ISA_AVX512_BF16; isa++)
    if (strcmp(wanted, names[isa]) == 0) return isa;
  return ZOO_ISA_AVX512_BF16;
}

static int detect(void) {
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

int zoo_isa_detect(void) {
  int best = detect(), most = cap();
  return best < most ? best : most;
}

const char *zoo_isa_name(int isa) {
  return names[isa >= ZOO_ISA_BASE && isa <= ZOO_ISA_AVX512_BF16 ? isa : ZOO_ISA_BASE];
}

const char *zoo_isa_library_cap(void) {
  static const char *const library[] = {"SSE41", "AVX2", "AVX512_CORE"};
  int most = cap();
  return most < ZOO_ISA_AVX512_BF16 ? library[most] : NULL;
}

const zoo_kernels *zoo_kernels_for(int isa) {
#if defined(__x86_64__)
  int best = detect();
  if (isa > best) isa = best;
  if (isa == ZOO_ISA_AVX512_BF16) return &kernels_avx512_bf16;
  if (isa == ZOO_ISA_AVX512) return &kernels_avx512;
  if (isa == ZOO_ISA_AVX2) return &kernels_avx2;
#else
  (void)isa;
#endif
  return &kernels_base;
}
