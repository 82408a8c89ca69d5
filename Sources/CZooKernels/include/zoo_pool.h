// The one thread pool that computes: libgomp's where it can be opened (oneDNN uses the same threads), else a
// small pool of our own. Two pools on the same cores cost a factor of five.
#ifndef ZOO_POOL_H
#define ZOO_POOL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One share of a parallel region: share `thread` of `threads`.
typedef void (*zoo_task)(void *context, int thread, int threads);

/// Opens the pool; later calls do nothing. Returns its name: "libgomp" or "own".
const char *zoo_pool_open(void);

/// Runs `task` once for each share, on `threads` threads at most (the caller is one), and returns when all
/// are done. To be called from one thread at a time; regions do not nest.
void zoo_pool_run(int threads, zoo_task task, void *context);

/// Runs `task` once for each of `shares` shares, on `threads` threads at most: with the same number of shares every
/// share has the same work, however many threads there are.
void zoo_pool_run_shares(int shares, int threads, zoo_task task, void *context);

/// As `zoo_pool_run` on the pool of our own, whichever `zoo_pool_open` chose: for machines without libgomp, and for
/// tests.
void zoo_pool_run_own(int threads, zoo_task task, void *context);

/// One thread's part of one region, in nanoseconds of `zoo_clock`; thread 0 is the caller.
typedef struct {
  int64_t start, end;
  int thread;
} zoo_share;

/// From now on what each thread does in each region of `zoo_pool_run_shares` is written into `shares`, as long as there
/// is room; NULL ends that. To be called between regions. A region that nobody records costs nothing more.
void zoo_pool_record(zoo_share *shares, int capacity);

/// How many were written since then.
int zoo_pool_recorded(void);

/// Nanoseconds since some moment, never less than before.
int64_t zoo_clock(void);

#ifdef __cplusplus
}
#endif
#endif
