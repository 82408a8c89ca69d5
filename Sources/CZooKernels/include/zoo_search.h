// Kernels of exact search: the best few of many rows for each query, scored by inner product or by Hamming distance.
// One source, compiled for several instruction sets; a table of functions for each. Kernels know nothing of threads: each
// caller gives rows of its own and a list of its own. Pointers need no alignment.
#ifndef ZOO_SEARCH_H
#define ZOO_SEARCH_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// The best rows so far of each of some queries. Query q has counts[q] of at most k, a heap in scores[q * k ...] and
/// rows[q * k ...] with the worst in front: the lowest score, and of equal ones the highest row.
typedef struct {
  int64_t k;
  int64_t *counts;
  float *scores;
  int64_t *rows;
  /// Only a score above this enters; it rises once a query has its k. Rows come in rising order, so that of equal scores
  /// the lower rows stay.
  float *floors;
} zoo_best;

/// Puts each query's list in order: the highest score first, of equal ones the lowest row.
void zoo_best_sort(zoo_best *best, int64_t queries);

typedef struct {
  /// Floats of a packed block of queries; `inner_products` takes no other form.
  int64_t (*packed_size)(int64_t queries, int64_t width);
  /// queries [queries, width] row-major.
  void (*pack)(const float *x, int64_t queries, int64_t width, float *packed);
  /// Scores `rows` rows [rows, width] of float32, the first of which is number `first`, with the queries.
  void (*inner_products)(const void *x, int64_t rows, int64_t width, int64_t first, const float *packed,
                         int64_t queries, zoo_best *best);
  /// y[i] = x[i], from binary16; exact.
  void (*from_half)(const void *x, float *y, int64_t n);
  /// The same for binary codes of `bytes` bytes; a score is the number of unequal bits, negative. `queries` has
  /// ceil(bytes / 8) words for each query, the bytes in order and zeros behind; `scratch` has ZOO_HAMMING_SCRATCH words,
  /// or 64 rows if that is more.
  void (*hamming)(const void *codes, int64_t rows, int64_t bytes, int64_t first, const uint64_t *words,
                  int64_t queries, uint64_t *scratch, zoo_best *best);
} zoo_search_kernels;

enum { ZOO_HAMMING_SCRATCH = 4096 };

/// The kernels for an instruction set (ZOO_ISA_...) that this CPU can run; a higher one than it can is answered with the
/// highest it can.
const zoo_search_kernels *zoo_search_for(int isa);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
#ifdef __cplusplus
}
#endif
#endif
