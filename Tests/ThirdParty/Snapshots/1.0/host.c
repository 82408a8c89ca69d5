/* A host that speaks ABI 1.0 and nothing later, for plugins built with later SDKs: its table ends where 1.0's does, right
 * before memory that may not be touched. Usage: host PLUGIN.so. Prints the components that registered, whether they
 * describe, create, declare and build; 0 if all do. Every value has the shape [batch, 8]. */
#include "zoo_abi.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static zoo_component components[16];
static char names[16][64];
static size_t n_components;
static char failure[512];
static zoo_node last;

static zoo_status fail(zoo_ctx *c, zoo_status code, zoo_str text) {
  (void)c;
  snprintf(failure, sizeof failure, "%.*s", (int)text.len, text.ptr);
  return code;
}
static zoo_str last_error(zoo_ctx *c) { (void)c; return (zoo_str){"refused", 7}; }
static void say(zoo_ctx *c, int32_t level, zoo_str text) { (void)c; (void)level; (void)text; }
static void emit(zoo_ctx *c, zoo_str text) { (void)c; (void)text; }
static zoo_status add(zoo_ctx *c, const zoo_component *t) {
  (void)c;
  if (n_components == 16 || t->size < sizeof(zoo_component)) return ZOO_E_INVALID;
  memcpy(&components[n_components], t, sizeof(zoo_component));
  snprintf(names[n_components++], 64, "%.*s", (int)t->name.len, t->name.ptr);
  return ZOO_OK;
}
static zoo_status info(zoo_ctx *c, zoo_graph *g, zoo_str name, int64_t *out) {
  (void)c; (void)g;
  *out = name.len == 7 && !memcmp(name.ptr, "classes", 7) ? 8 : name.len == 10 ? 1 : 0;
  return ZOO_OK;
}
static zoo_status node(zoo_node *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = ++last;
  return ZOO_OK;
}
static zoo_status input(zoo_ctx *c, zoo_graph *g, zoo_str s, zoo_node *out) { (void)c; (void)g; (void)s; return node(out, 1); }
static zoo_status target(zoo_ctx *c, zoo_graph *g, zoo_str s, zoo_node *out, size_t n) {
  (void)c; (void)g; (void)s;
  return node(out, n);
}
static zoo_status param(zoo_ctx *c, zoo_graph *g, zoo_str s, const int64_t *d, size_t r, const zoo_attr *a, size_t n,
                        zoo_node *out) {
  (void)c; (void)g; (void)s; (void)d; (void)r; (void)a; (void)n;
  return node(out, 1);
}
static zoo_status update(zoo_ctx *c, zoo_graph *g, zoo_node a, zoo_node b) { (void)c; (void)g; (void)a; (void)b; return ZOO_OK; }
static zoo_status op(zoo_ctx *c, zoo_graph *g, zoo_str s, const zoo_node *in, size_t n, const zoo_attr *a, size_t na,
                     zoo_node *out, size_t no) {
  (void)c; (void)g; (void)s; (void)in; (void)n; (void)a; (void)na;
  return node(out, no);
}
static zoo_status shape(zoo_ctx *c, zoo_graph *g, zoo_node x, int64_t *d, size_t cap, size_t *rank) {
  (void)c; (void)g; (void)x;
  if (cap > 0) d[0] = ZOO_BATCH;
  if (cap > 1) d[1] = 8;
  *rank = 2;
  return ZOO_OK;
}
static zoo_status publish(zoo_ctx *c, zoo_graph *g, zoo_str s, zoo_node x) { (void)c; (void)g; (void)s; (void)x; return ZOO_OK; }
static zoo_status loss(zoo_ctx *c, zoo_graph *g, zoo_str s, zoo_node x, double w) {
  (void)c; (void)g; (void)s; (void)x; (void)w;
  return ZOO_OK;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  long page = sysconf(_SC_PAGESIZE);
  char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE)) return 2;
  zoo_host *host = (zoo_host *)(memory + page - sizeof(zoo_host));
  zoo_host table = {.size = sizeof(zoo_host), .abi_major = 1, .abi_minor = 0, .version = {"old", 3}, .fail = fail,
                    .last_error = last_error, .log = say, .emit = emit, .register_component = add, .info = info,
                    .input = input, .target = target, .param = param, .state = param, .update = update, .op = op,
                    .shape = shape, .activation = publish, .output = publish, .loss = loss};
  memcpy(host, &table, sizeof table);
  zoo_ctx ctx = {host};
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library) { printf("%s\n", dlerror()); return 1; }
  zoo_entry entry;
  *(void **)&entry = dlsym(library, ZOO_ENTRY);
  if (!entry) return 1;
  if (entry(&ctx)) { printf("refused: %s\n", failure); return 1; }
  for (size_t i = 0; i < n_components; i++) {
    zoo_component *t = &components[i];
    void *instance = NULL;
    int ok = !t->describe(&ctx, t->type) && !t->create(&ctx, t->type, (zoo_str){"{}", 2}, &instance) &&
             !t->declare(&ctx, instance) && !t->build(&ctx, instance, (zoo_graph *)&ctx, ZOO_PHASE_TRAIN);
    printf("%s %s\n", names[i], ok ? "builds" : failure);
    if (!ok) return 1;
    t->destroy(instance);
  }
  return n_components ? 0 : 1;
}
