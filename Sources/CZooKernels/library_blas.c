// OpenBLAS through dlopen: see zoo_blas.h.
#include "library_blas.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Enumerators of cblas.h, which the build does not need to have.
enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 };

static struct {
  void (*sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a,
                int lda, const float *b, int ldb, float beta, float *c, int ldc);
  void (*dgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha, const double *a,
                int lda, const double *b, int ldb, double beta, double *c, int ldc);
  void *library;
  char *(*config)(void);
  char *(*core)(void);
  void (*set_threads)(int);
  int open;
  char error[256];
} blas;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void load(const char *core_type) {
  // The library reads both when it is loaded, and never again. Set but empty would select a core by accident.
  const char *chosen = getenv("OPENBLAS_CORETYPE");
  if (chosen == NULL || chosen[0] == 0) {
    if (core_type != NULL && core_type[0] != 0)
      setenv("OPENBLAS_CORETYPE", core_type, 1);
    else
      unsetenv("OPENBLAS_CORETYPE");
  }
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    snprintf(blas.error, sizeof blas.error, "OpenBLAS is not installed (Debian package libopenblas0)");
    return;
  }
  *(void **)&blas.sgemm = dlsym(library, "cblas_sgemm");
  *(void **)&blas.dgemm = dlsym(library, "cblas_dgemm");
  *(void **)&blas.config = dlsym(library, "openblas_get_config");
  *(void **)&blas.core = dlsym(library, "openblas_get_corename");
  *(void **)&blas.set_threads = dlsym(library, "openblas_set_num_threads");
  if (blas.sgemm == NULL || blas.dgemm == NULL || blas.config == NULL) {
    snprintf(blas.error, sizeof blas.error, "libopenblas.so.0 lacks %s: is it OpenBLAS?",
             blas.sgemm == NULL || blas.dgemm == NULL ? "cblas_sgemm or cblas_dgemm" : "openblas_get_config");
    return;
  }
  if (blas.set_threads != NULL) blas.set_threads(1);
  blas.library = library;
  __atomic_store_n(&blas.open, 1, __ATOMIC_RELEASE);
}

static int is_open(void) { return __atomic_load_n(&blas.open, __ATOMIC_ACQUIRE); }

int zoo_blas_open(const char *core_type, char *error, size_t capacity) {
  pthread_mutex_lock(&lock);
  if (!blas.open && blas.error[0] == 0) load(core_type);
  pthread_mutex_unlock(&lock);
  if (is_open()) return 0;
  if (error != NULL && capacity > 0) snprintf(error, capacity, "%s", blas.error);
  return -1;
}

const char *zoo_blas_version(void) { return is_open() ? blas.config() : NULL; }

void *zoo_blas_symbol(const char *name) { return is_open() ? dlsym(blas.library, name) : NULL; }

int zoo_blas_core_is(const char *core_type) {
  if (!is_open() || blas.core == NULL || core_type == NULL) return 0;
  return strcasecmp(blas.core(), core_type) == 0;
}

/// What the library cannot be asked: no library, an empty sum, or more than its 32-bit integers hold.
static void plain(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                  const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                  int64_t ldc) {
  for (int64_t i = 0; i < m; i++) {
    for (int64_t j = 0; j < n; j++) {
      float sum = 0;
      for (int64_t p = 0; p < k; p++)
        sum +=
            (transpose_a ? a[p * lda + i] : a[i * lda + p]) * (transpose_b ? b[j * ldb + p] : b[p * ldb + j]);
      float *out = c + i * ldc + j;
      // As in BLAS, a zero beta overwrites, so that what was there (perhaps not a number) does not matter.
      *out = alpha * sum + (beta == 0 ? 0 : beta * *out);
    }
  }
}

void zoo_blas_sgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                    const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                    int64_t ldc) {
  if (m <= 0 || n <= 0) return;
  const int fits =
      m <= INT_MAX && n <= INT_MAX && k <= INT_MAX && lda <= INT_MAX && ldb <= INT_MAX && ldc <= INT_MAX;
  if (!is_open() || k <= 0 || !fits) {
    plain(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  blas.sgemm(ROW_MAJOR, transpose_a ? TRANSPOSED : AS_IT_IS, transpose_b ? TRANSPOSED : AS_IT_IS, (int)m,
             (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}

int zoo_blas_dgemm(int transpose_a, int transpose_b, int64_t m, int64_t n, int64_t k, double alpha, const double *a,
                   int64_t lda, const double *b, int64_t ldb, double beta, double *c, int64_t ldc) {
  if (m <= 0 || n <= 0) return 0;
  if (!is_open() || m > INT_MAX || n > INT_MAX || k > INT_MAX || lda > INT_MAX || ldb > INT_MAX || ldc > INT_MAX)
    return -1;
  blas.dgemm(ROW_MAJOR, transpose_a ? TRANSPOSED : AS_IT_IS, transpose_b ? TRANSPOSED : AS_IT_IS, (int)m, (int)n,
             (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
  return 0;
}
