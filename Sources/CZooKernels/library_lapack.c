// LAPACK through the door to OpenBLAS: see zoo_lapack.h.
#include "zoo_lapack.h"

#include <limits.h>
#include <stdlib.h>

#include "library_blas.h"

// Debian's OpenBLAS takes 32-bit integers.
static int fits(int64_t m, int64_t n) { return m >= 0 && n >= 0 && m <= INT_MAX && n <= INT_MAX; }

int64_t zoo_lapack_solve_positive(int64_t n, int64_t columns, double *a, double *b) {
  if (!fits(n, columns)) return ZOO_LAPACK_SIZE;
  if (n == 0 || columns == 0) return 0;
  void (*potrf)(const char *, const int *, double *, const int *, int *, size_t) = zoo_blas_symbol("dpotrf_");
  void (*potrs)(const char *, const int *, const int *, const double *, const int *, double *, const int *, int *,
                size_t) = zoo_blas_symbol("dpotrs_");
  if (potrf == NULL || potrs == NULL) return ZOO_LAPACK_ABSENT;
  const int order = (int)n, right = (int)columns;
  int info = 0;
  potrf("L", &order, a, &order, &info, 1);
  if (info == 0) potrs("L", &order, &right, a, &order, b, &order, &info, 1);
  return info;
}

int64_t zoo_lapack_symmetric_eigen(int64_t n, double *a, double *values) {
  if (!fits(n, n)) return ZOO_LAPACK_SIZE;
  if (n == 0) return 0;
  void (*syevd)(const char *, const char *, const int *, double *, const int *, double *, double *, const int *,
                int *, const int *, int *, size_t, size_t) = zoo_blas_symbol("dsyevd_");
  if (syevd == NULL) return ZOO_LAPACK_ABSENT;
  const int order = (int)n, ask = -1;
  int info = 0, integers = 0;
  double doubles = 0;
  syevd("V", "L", &order, a, &order, values, &doubles, &ask, &integers, &ask, &info, 1, 1);
  if (info != 0) return info;
  const int size = (int)doubles, integer_size = integers;
  double *work = malloc((size_t)size * sizeof *work);
  int *integer_work = malloc((size_t)integer_size * sizeof *integer_work);
  if (work == NULL || integer_work == NULL)
    info = ZOO_LAPACK_MEMORY;
  else
    syevd("V", "L", &order, a, &order, values, work, &size, integer_work, &integer_size, &info, 1, 1);
  free(work);
  free(integer_work);
  return info;
}

int64_t zoo_lapack_orthonormalise(int64_t m, int64_t n, double *a) {
  if (!fits(m, n) || m < n) return ZOO_LAPACK_SIZE;
  if (n == 0) return 0;
  void (*geqrf)(const int *, const int *, double *, const int *, double *, double *, const int *, int *) =
      zoo_blas_symbol("dgeqrf_");
  void (*orgqr)(const int *, const int *, const int *, double *, const int *, const double *, double *, const int *,
                int *) = zoo_blas_symbol("dorgqr_");
  if (geqrf == NULL || orgqr == NULL) return ZOO_LAPACK_ABSENT;
  const int rows = (int)m, columns = (int)n, ask = -1;
  int info = 0;
  double need_factor = 0, need_form = 0, none = 0;
  geqrf(&rows, &columns, a, &rows, &none, &need_factor, &ask, &info);
  if (info == 0) orgqr(&rows, &columns, &columns, a, &rows, &none, &need_form, &ask, &info);
  if (info != 0) return info;
  const int size = (int)(need_factor > need_form ? need_factor : need_form);
  double *work = malloc((size_t)size * sizeof *work), *factors = malloc((size_t)n * sizeof *factors);
  if (work == NULL || factors == NULL) {
    info = ZOO_LAPACK_MEMORY;
  } else {
    geqrf(&rows, &columns, a, &rows, factors, work, &size, &info);
    if (info == 0) orgqr(&rows, &columns, &columns, a, &rows, factors, work, &size, &info);
  }
  free(work);
  free(factors);
  return info;
}

int64_t zoo_lapack_singular(int64_t m, int64_t n, double *a, double *u, double *values, double *vt) {
  if (!fits(m, n)) return ZOO_LAPACK_SIZE;
  if (m == 0 || n == 0) return 0;
  void (*gesdd)(const char *, const int *, const int *, double *, const int *, double *, double *, const int *,
                double *, const int *, double *, const int *, int *, int *, size_t) = zoo_blas_symbol("dgesdd_");
  if (gesdd == NULL) return ZOO_LAPACK_ABSENT;
  const int rows = (int)m, columns = (int)n, least = rows < columns ? rows : columns, ask = -1;
  int info = 0;
  double doubles = 0;
  int *integer_work = malloc(8 * (size_t)least * sizeof *integer_work);
  if (integer_work == NULL) return ZOO_LAPACK_MEMORY;
  gesdd("S", &rows, &columns, a, &rows, values, u, &rows, vt, &least, &doubles, &ask, integer_work, &info, 1);
  if (info == 0) {
    const int size = (int)doubles;
    double *work = malloc((size_t)size * sizeof *work);
    if (work == NULL)
      info = ZOO_LAPACK_MEMORY;
    else
      gesdd("S", &rows, &columns, a, &rows, values, u, &rows, vt, &least, work, &size, integer_work, &info, 1);
    free(work);
  }
  free(integer_work);
  return info;
}
