// What every instruction set's file of search kernels includes before it sets its target.
#ifndef SEARCH_HEADERS_H
#define SEARCH_HEADERS_H
#include "kernels_headers.h"
#include "zoo_search.h"

extern const zoo_search_kernels search_base, search_avx2, search_avx512, search_avx512_popcount;

/// Enters a row into a query's list if its score is above the floor; in search_best.c.
void search_enter(zoo_best *best, int64_t query, float score, int64_t row);
#endif
