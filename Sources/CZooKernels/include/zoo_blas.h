// OpenBLAS, opened with dlopen on first use (it reads OPENBLAS_CORETYPE when it is loaded) and called with
// one thread from inside our own parallel regions.
#ifndef ZOO_BLAS_H
#define ZOO_BLAS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// Opens libopenblas single-threaded with `core_type` (such as "SKYLAKEX") unless the user has set
/// OPENBLAS_CORETYPE; NULL leaves the choice to the library. Later calls return the first result.
int zoo_blas_open(const char *core_type, char *error, size_t capacity);
/// "OpenBLAS 0.3.21 … SkylakeX", or NULL before a successful open.
const char *zoo_blas_version(void);
/// 1 when the loaded library computes with the kernels of `core_type` (case is ignored), else 0. A core type
/// that the CPU or the library does not have is replaced by the library without a word.
int zoo_blas_core_is(const char *core_type);

/// c[m,n] = alpha * op(a)[m,k] . op(b)[k,n] + beta * c; row-major, `transpose_*` != 0 for the transposed
/// view.
void zoo_blas_sgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                    const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                    int64_t ldc);
/// The same in double precision, for sizes that 32-bit integers hold and only after a successful open: else -1.
int zoo_blas_dgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, double alpha, const double *a,
                   int64_t lda, const double *b, int64_t ldb, double beta, double *c, int64_t ldc);

#ifdef __cplusplus
}
#endif
#endif
