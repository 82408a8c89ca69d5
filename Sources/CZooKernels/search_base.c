// The search kernels for any CPU: 16-byte vectors.
#include "search_headers.h"

#define VECTOR_FLOATS 4
#if defined(__aarch64__)
#define VECTOR_FMA 1
#define PANEL_VECTORS 4
#else
#define VECTOR_FMA 0
#define PANEL_VECTORS 2
#endif
#define SEARCH_TABLE search_base
#include "search_all.inc"
