// The lists of the best rows: heaps with the worst in front.
#include "search_headers.h"

static int is_worse(const float *scores, const int64_t *rows, int64_t a, int64_t b) {
  return scores[a] != scores[b] ? scores[a] < scores[b] : rows[a] > rows[b];
}

static void swap(float *scores, int64_t *rows, int64_t a, int64_t b) {
  float score = scores[a];
  int64_t row = rows[a];
  scores[a] = scores[b], rows[a] = rows[b];
  scores[b] = score, rows[b] = row;
}

static void sift_down(float *scores, int64_t *rows, int64_t at, int64_t count) {
  for (;;) {
    int64_t child = 2 * at + 1;
    if (child >= count) return;
    if (child + 1 < count && is_worse(scores, rows, child + 1, child)) child++;
    if (!is_worse(scores, rows, child, at)) return;
    swap(scores, rows, child, at);
    at = child;
  }
}

void search_enter(zoo_best *best, int64_t query, float score, int64_t row) {
  if (!(score > best->floors[query])) return;
  float *scores = best->scores + query * best->k;
  int64_t *rows = best->rows + query * best->k;
  int64_t count = best->counts[query];
  if (count < best->k) {
    scores[count] = score, rows[count] = row;
    for (int64_t at = count; at > 0 && is_worse(scores, rows, at, (at - 1) / 2); at = (at - 1) / 2)
      swap(scores, rows, at, (at - 1) / 2);
    best->counts[query] = ++count;
  } else {
    scores[0] = score, rows[0] = row;
    sift_down(scores, rows, 0, count);
  }
  if (count == best->k) best->floors[query] = scores[0];
}

void zoo_best_sort(zoo_best *best, int64_t queries) {
  for (int64_t q = 0; q < queries; q++) {
    float *scores = best->scores + q * best->k;
    int64_t *rows = best->rows + q * best->k;
    for (int64_t last = best->counts[q] - 1; last > 0; last--) {
      swap(scores, rows, 0, last);
      sift_down(scores, rows, 0, last);
    }
  }
}
