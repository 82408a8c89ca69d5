// oneDNN: opening it, its threads, and the words of its errors. See zoo_dnnl.h.
#include "library_dnnl_internal.h"

#include <stdarg.h>
#include <stdio.h>

#ifdef ZOO_HAS_DNNL
#include "zoo_kernels.h"
#include "zoo_pool.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

zoo_dnnl_table zoo_dnnl;

static struct {
  pthread_once_t once;
  int open;
  char version[32];
  char error[256];
  void (*set_threads)(int);
  int (*in_parallel)(void);
  atomic_int threads; // 0 before opening, and for a runtime that is not OpenMP
} state = {.once = PTHREAD_ONCE_INIT};

static _Thread_local int applied_threads;

// MARK: - Opening

static void *find_library(void) {
  char name[32];
  // Read by the library when it first plans; what the user has set himself stands.
  if (zoo_isa_library_cap() != NULL) setenv("DNNL_MAX_CPU_ISA", zoo_isa_library_cap(), 0);
  snprintf(name, sizeof name, "libdnnl.so.%d", DNNL_VERSION_MAJOR);
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  return library != NULL ? library : dlopen("libdnnl.so", RTLD_NOW | RTLD_LOCAL);
}

static void open_library(void) {
  zoo_pool_open(); // first, so that the library finds our libgomp and not another
  void *library = find_library();
  if (library == NULL) {
    snprintf(state.error, sizeof state.error,
             "oneDNN is not installed (Debian package " ZOO_DNNL_PACKAGE ")");
    return;
  }
  // The version is asked first: another major version would lack functions, or have them with other
  // arguments.
  *(void **)&zoo_dnnl.dnnl_version = dlsym(library, "dnnl_version");
  if (zoo_dnnl.dnnl_version == NULL) {
    snprintf(state.error, sizeof state.error, "libdnnl lacks dnnl_version: is it oneDNN?");
    return;
  }
  const dnnl_version_t *version = zoo_dnnl.dnnl_version();
  char name[32];
  snprintf(name, sizeof name, "%d.%d.%d", version->major, version->minor, version->patch);
  if (version->major != DNNL_VERSION_MAJOR) {
    snprintf(state.error, sizeof state.error, "oneDNN %s is installed, but zoo was built for version %d",
             name, DNNL_VERSION_MAJOR);
    return;
  }
#define ZOO_DNNL_FIND(function)                                                                              \
  *(void **)&zoo_dnnl.function = dlsym(library, #function);                                                  \
  if (zoo_dnnl.function == NULL) {                                                                           \
    snprintf(state.error, sizeof state.error, "oneDNN %s lacks %s", name, #function);                        \
    return;                                                                                                  \
  }
  ZOO_DNNL_FUNCTIONS(ZOO_DNNL_FIND)
#undef ZOO_DNNL_FIND
  if (zoo_dnnl.dnnl_engine_create(&zoo_dnnl.engine, dnnl_cpu, 0) != dnnl_success ||
      zoo_dnnl.dnnl_stream_create(&zoo_dnnl.stream, zoo_dnnl.engine, dnnl_stream_in_order) != dnnl_success) {
    snprintf(state.error, sizeof state.error, "oneDNN %s has no engine for this CPU", name);
    return;
  }
  // Searched in the library and what it links, so it is the runtime that oneDNN computes with.
  *(void **)&state.set_threads = dlsym(library, "omp_set_num_threads");
  *(void **)&state.in_parallel = dlsym(library, "omp_in_parallel");
  int (*most_threads)(void);
  *(void **)&most_threads = dlsym(library, "omp_get_max_threads");
  int unset = 0;
  if (most_threads != NULL) atomic_compare_exchange_strong(&state.threads, &unset, most_threads());
  memcpy(state.version, name, sizeof name);
  state.open = 1;
}

int zoo_dnnl_open(char *error, size_t capacity) {
  pthread_once(&state.once, open_library);
  return state.open ? 0 : zoo_dnnl_fail(error, capacity, "%s", state.error);
}

const char *zoo_dnnl_version(void) { return state.open ? state.version : NULL; }

void zoo_dnnl_set_threads(int threads) { atomic_store(&state.threads, threads < 1 ? 1 : threads); }

int zoo_dnnl_threads(void) { return atomic_load(&state.threads); }

void zoo_dnnl_use_threads(int threads) {
  // The runtime keeps the number per calling thread.
  if (threads == 0 || threads == applied_threads || state.set_threads == NULL) return;
  // In a region of ours every call is serial, and the number belongs to the region.
  if (state.in_parallel != NULL && state.in_parallel()) return;
  state.set_threads(threads);
  applied_threads = threads;
}

// MARK: - Errors

int zoo_dnnl_fail(char *error, size_t capacity, const char *format, ...) {
  if (error != NULL && capacity > 0) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, capacity, format, arguments);
    va_end(arguments);
  }
  return -1;
}

int zoo_dnnl_fail_status(char *error, size_t capacity, const char *what, dnnl_status_t status) {
  const char *why = status == dnnl_out_of_memory       ? "out of memory"
                    : status == dnnl_invalid_arguments ? "it calls the shape or strides invalid"
                    : status == dnnl_unimplemented     ? "it has no implementation for this CPU"
                                                       : "an error of its run time";
  return zoo_dnnl_fail(error, capacity, "oneDNN %s cannot plan %s: %s", state.version, what, why);
}

#else

static int refuse(char *error, size_t capacity) {
  if (error != NULL && capacity > 0)
    snprintf(error, capacity, "zoo was built without oneDNN's headers (Debian package libdnnl-dev)");
  return -1;
}

int zoo_dnnl_open(char *error, size_t capacity) { return refuse(error, capacity); }
const char *zoo_dnnl_version(void) { return NULL; }
void zoo_dnnl_set_threads(int threads) { (void)threads; }
int zoo_dnnl_matmul(const zoo_matmul_spec *spec, zoo_primitive **out, char *error, size_t capacity) {
  (void)spec;
  *out = NULL;
  return refuse(error, capacity);
}
int zoo_dnnl_conv(const zoo_conv_spec *spec, zoo_primitive **out, char *error, size_t capacity) {
  (void)spec;
  *out = NULL;
  return refuse(error, capacity);
}
int zoo_dnnl_int8(const zoo_int8_spec *spec, zoo_primitive **out, char *error, size_t capacity) {
  (void)spec;
  *out = NULL;
  return refuse(error, capacity);
}
int zoo_dnnl_int8_bias_is_scaled(void) { return 0; }
// No primitive can exist in such a build; these only complete the surface.
void zoo_primitive_free(zoo_primitive *primitive) { (void)primitive; }
const char *zoo_primitive_implementation(const zoo_primitive *primitive) { return (void)primitive, ""; }
size_t zoo_primitive_scratch(const zoo_primitive *primitive) { return (void)primitive, 0; }
size_t zoo_primitive_packed_size(const zoo_primitive *primitive) { return (void)primitive, 0; }
int zoo_primitive_same_packing(const zoo_primitive *one, const zoo_primitive *other) {
  return (void)one, (void)other, 0;
}
int zoo_primitive_pack(zoo_primitive *primitive, const void *plain, void *packed) {
  return (void)primitive, (void)plain, (void)packed, -1;
}
int zoo_primitive_unpack(zoo_primitive *primitive, const void *packed, float *plain) {
  return (void)primitive, (void)packed, (void)plain, -1;
}
int zoo_primitive_run(zoo_primitive *primitive, const void *source, const void *weights, const float *bias,
                      void *destination, void *scratch) {
  return (void)primitive, (void)source, (void)weights, (void)bias, (void)destination, (void)scratch, -1;
}

#endif
