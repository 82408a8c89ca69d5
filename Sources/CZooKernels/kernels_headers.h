// What every instruction set's file includes before it sets its target.
#ifndef KERNELS_HEADERS_H
#define KERNELS_HEADERS_H
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "zoo_kernels.h"

extern const zoo_kernels kernels_base, kernels_avx2, kernels_avx512, kernels_avx512_bf16;
#endif
