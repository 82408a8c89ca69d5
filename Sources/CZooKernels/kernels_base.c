// The kernels for any CPU: 16-byte vectors, as SSE2 and Advanced SIMD have them.
#include "kernels_headers.h"

#define VECTOR_FLOATS 4
#if defined(__aarch64__)
#define VECTOR_FMA 1
#define PANEL_VECTORS 4
#else
#define VECTOR_FMA 0
#define PANEL_VECTORS 2
#endif
#define KERNELS_TABLE kernels_base
#include "kernels_all.inc"
