// Parallel regions on libgomp's threads, opened with dlopen, or on threads of our own.
#include "zoo_pool.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

static void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// MARK: - What threads did when

int64_t zoo_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Changed between regions by whoever runs them; threads see it as they see their region.
static struct {
  zoo_share *shares; // NULL: nobody asks
  int capacity;
  atomic_int count;
} record;

void zoo_pool_record(zoo_share *shares, int capacity) {
  record.shares = shares;
  record.capacity = capacity;
  atomic_store_explicit(&record.count, 0, memory_order_relaxed);
}

int zoo_pool_recorded(void) {
  const int count = atomic_load_explicit(&record.count, memory_order_relaxed);
  return count < record.capacity ? count : record.capacity;
}

// MARK: - The pool of our own

enum {
  MOST_WORKERS = 255,
  // About 20 us: longer than the gap between two kernels, far shorter than a scheduler slice.
  SPINS = 2000,
};

/// A thread that sleeps until its round number changes, so that a region wakes no more threads than it has
/// shares.
typedef struct {
  pthread_cond_t wake;
  atomic_uint round; // changed under the lock
} worker;

static struct {
  pthread_mutex_t lock;
  pthread_cond_t done;
  worker workers[MOST_WORKERS];
  int count;          // workers that exist; changed by the caller alone
  atomic_int running; // workers that have yet to finish the region
  // The region: written before the rounds change, and read by no worker that the region does not await.
  zoo_task task;
  void *context;
  int threads, actual, recorded;
} own = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

/// Shares that have no thread of their own go to the threads there are.
static void run_shares(zoo_task task, void *context, int thread, int threads, int actual, int recorded) {
  const int64_t start = recorded ? zoo_clock() : 0;
  for (int share = thread; share < threads; share += actual) task(context, share, threads);
  if (!recorded) return;
  const int place = atomic_fetch_add_explicit(&record.count, 1, memory_order_relaxed);
  if (place < record.capacity) record.shares[place] = (zoo_share){start, zoo_clock(), thread};
}

static void *work(void *argument) {
  const int thread = (int)(ptrdiff_t)argument;
  worker *me = &own.workers[thread - 1];
  unsigned seen = 0;
  for (;;) {
    for (int i = 0; i < SPINS && atomic_load_explicit(&me->round, memory_order_relaxed) == seen; i++)
      pause_briefly();
    if (atomic_load_explicit(&me->round, memory_order_acquire) == seen) {
      pthread_mutex_lock(&own.lock);
      while (atomic_load_explicit(&me->round, memory_order_acquire) == seen)
        pthread_cond_wait(&me->wake, &own.lock);
      pthread_mutex_unlock(&own.lock);
    }
    seen++;
    run_shares(own.task, own.context, thread, own.threads, own.actual, own.recorded);
    if (atomic_fetch_sub_explicit(&own.running, 1, memory_order_acq_rel) == 1) {
      pthread_mutex_lock(&own.lock);
      pthread_cond_signal(&own.done);
      pthread_mutex_unlock(&own.lock);
    }
  }
  return NULL;
}

static void add_workers(int wanted) {
  if (wanted > MOST_WORKERS) wanted = MOST_WORKERS;
  while (own.count < wanted) {
    pthread_t thread;
    if (pthread_cond_init(&own.workers[own.count].wake, NULL) != 0) return;
    // Without memory or permission for another thread, the existing ones share its work.
    if (pthread_create(&thread, NULL, work, (void *)(ptrdiff_t)(own.count + 1)) != 0) return;
    pthread_detach(thread);
    own.count++;
  }
}

static void run_own(int shares, int threads, zoo_task task, void *context, int recorded) {
  add_workers(threads - 1);
  const int actual = own.count + 1 < threads ? own.count + 1 : threads;
  own.task = task;
  own.context = context;
  own.threads = shares;
  own.actual = actual;
  own.recorded = recorded;
  atomic_store_explicit(&own.running, actual - 1, memory_order_relaxed);
  pthread_mutex_lock(&own.lock);
  for (int i = 0; i < actual - 1; i++) {
    atomic_fetch_add_explicit(&own.workers[i].round, 1, memory_order_release);
    pthread_cond_signal(&own.workers[i].wake);
  }
  pthread_mutex_unlock(&own.lock);

  run_shares(task, context, 0, shares, actual, recorded);
  for (int i = 0; i < SPINS; i++) {
    if (atomic_load_explicit(&own.running, memory_order_acquire) == 0) return;
    pause_briefly();
  }
  pthread_mutex_lock(&own.lock);
  while (atomic_load_explicit(&own.running, memory_order_acquire) != 0)
    pthread_cond_wait(&own.done, &own.lock);
  pthread_mutex_unlock(&own.lock);
}

void zoo_pool_run_own(int threads, zoo_task task, void *context) {
  if (threads <= 1)
    task(context, 0, 1);
  else
    run_own(threads, threads, task, context, 0);
}

// MARK: - libgomp

static struct {
  void (*parallel)(void (*)(void *), void *, unsigned, unsigned);
  int (*thread_number)(void);
  int (*thread_count)(void);
} gomp;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int has_gomp;

static void open_gomp(void) {
  // libgomp reads this when it is loaded. Left alone, a thread spins for milliseconds at every barrier, which keeps
  // the core from whoever it waits for when the machine has other work; a spin of tens of microseconds still
  // outlasts the gap between two kernels.
  if (getenv("OMP_WAIT_POLICY") == NULL) setenv("GOMP_SPINCOUNT", "20000", 0);
  // Global, so that a library opened later resolves to this one pool.
  void *library = dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (library == NULL) return;
  *(void **)&gomp.parallel = dlsym(library, "GOMP_parallel");
  *(void **)&gomp.thread_number = dlsym(library, "omp_get_thread_num");
  *(void **)&gomp.thread_count = dlsym(library, "omp_get_num_threads");
  has_gomp = gomp.parallel != NULL && gomp.thread_number != NULL && gomp.thread_count != NULL;
}

typedef struct {
  zoo_task task;
  void *context;
  int threads, recorded;
} region;

static void run_region(void *argument) {
  const region *r = argument;
  run_shares(r->task, r->context, gomp.thread_number(), r->threads, gomp.thread_count(), r->recorded);
}

const char *zoo_pool_open(void) {
  pthread_once(&opened, open_gomp);
  return has_gomp ? "libgomp" : "own";
}

void zoo_pool_run(int threads, zoo_task task, void *context) {
  zoo_pool_run_shares(threads, threads, task, context);
}

void zoo_pool_run_shares(int shares, int threads, zoo_task task, void *context) {
  if (shares < 1) shares = 1;
  if (threads > shares) threads = shares;
  const int recorded = record.shares != NULL;
  if (threads <= 1) {
    run_shares(task, context, 0, shares, 1, recorded);
    return;
  }
  pthread_once(&opened, open_gomp);
  if (!has_gomp) {
    run_own(shares, threads, task, context, recorded);
    return;
  }
  region r = {task, context, shares, recorded};
  gomp.parallel(run_region, &r, (unsigned)threads, 0);
}
