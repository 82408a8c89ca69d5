// Dense decompositions through the LAPACK inside OpenBLAS, in double precision and LAPACK's column-major layout.
// zoo_blas_open comes first. All run on the calling thread and overwrite what they are given.
#ifndef ZOO_LAPACK_H
#define ZOO_LAPACK_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// What the functions below answer besides 0: LAPACK's own positive number (the minor that is not positive definite,
/// the values that did not converge), or one of these.
enum { ZOO_LAPACK_ABSENT = -1000, ZOO_LAPACK_MEMORY = -1001, ZOO_LAPACK_SIZE = -1002 };

/// Solves a x = b for the symmetric positive definite a[n,n] (its lower triangle is read) and b[n,columns].
int64_t zoo_lapack_solve_positive(int64_t n, int64_t columns, double *a, double *b);
/// Eigenvalues of the symmetric a[n,n] in rising order; its columns become the eigenvectors.
int64_t zoo_lapack_symmetric_eigen(int64_t n, double *a, double *values);
/// Replaces a[m,n], m >= n, by the first n columns of the orthogonal factor of its QR decomposition.
int64_t zoo_lapack_orthonormalise(int64_t m, int64_t n, double *a);
/// Thin singular value decomposition of a[m,n] with k = min(m, n): u[m,k], falling values[k], vt[k,n].
int64_t zoo_lapack_singular(int64_t m, int64_t n, double *a, double *u, double *values, double *vt);

#ifdef __cplusplus
}
#endif
#endif
