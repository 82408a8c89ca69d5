/* A head in C, from the header alone:
 *     cc -shared -fPIC -I include head_unit.c -o libzoo-head-unit.so
 * A linear layer without bias on features of unit length. Option: "scale", of the logits. */
#include "zoo_abi.h"
#include <stdlib.h>
#include <string.h>

ZOO_PLUGIN_NOTE("c");

#define TEXT(literal) ((zoo_str){(literal), sizeof(literal) - 1})
#define TRY(call)                       \
  do {                                  \
    zoo_status status = (call);         \
    if (status != ZOO_OK) return status; \
  } while (0)

typedef struct { double scale; } head;

static zoo_attr number(zoo_str name, int64_t value) {
  zoo_attr attribute = {.name = name, .type = ZOO_ATTR_I64, .i = value};
  return attribute;
}

static zoo_status describe(zoo_ctx *c, void *type) {
  (void)type;
  c->host->emit(c, TEXT("{\"options\":{\"scale\":16},\"variants\":[]}"));
  return ZOO_OK;
}

/* Understands {} and {"scale":x} and nothing else. */
static zoo_status create(zoo_ctx *c, void *type, zoo_str options, void **instance) {
  static const char key[] = "\"scale\":";
  char text[64];
  double scale = 16;
  (void)type;
  if (options.len >= sizeof text) return c->host->fail(c, ZOO_E_INVALID, TEXT("options: too long"));
  if (options.len > 0) memcpy(text, options.ptr, options.len);
  text[options.len] = 0;
  if (strcmp(text, "{}") != 0 && text[0] != 0) {
    char *end = text;
    if (text[0] == '{' && strncmp(text + 1, key, sizeof key - 1) == 0) {
      scale = strtod(text + sizeof key, &end);
    }
    if (strcmp(end, "}") != 0) {
      return c->host->fail(c, ZOO_E_INVALID, TEXT("options: the only one is scale, a number"));
    }
  }
  if (!(scale > 0)) return c->host->fail(c, ZOO_E_INVALID, TEXT("options.scale: must be above 0"));
  head *self = malloc(sizeof *self);
  if (!self) return c->host->fail(c, ZOO_E_INTERNAL, TEXT("out of memory"));
  self->scale = scale;
  *instance = self;
  return ZOO_OK;
}

static zoo_status declare(zoo_ctx *c, void *instance) {
  (void)instance;
  c->host->emit(c, TEXT("{\"inputs\":[\"pooled\"],\"target\":\"class\",\"metrics\":[\"top-1\"],"));
  c->host->emit(c, TEXT("\"outputs\":[{\"name\":\"logits\",\"reading\":\"softmax\"}],"));
  c->host->emit(c, TEXT("\"couples_examples\":false}"));
  return ZOO_OK;
}

static zoo_status build(zoo_ctx *c, void *instance, zoo_graph *g, uint32_t phase) {
  const zoo_host *h = c->host;
  const head *self = instance;
  zoo_node x, length, weight, logits, target[3], loss;
  int64_t dims[2], classes, has_target;
  size_t rank;
  (void)phase;
  TRY(h->input(c, g, TEXT("pooled"), &x));
  TRY(h->shape(c, g, x, dims, 2, &rank));
  TRY(h->info(c, g, TEXT("classes"), &classes));
  TRY(h->info(c, g, TEXT("has_target"), &has_target));

  /* x / |x| */
  zoo_attr sum[] = {number(TEXT("axes"), 1), number(TEXT("keep"), 1)};
  TRY(h->op(c, g, TEXT("square@1"), &x, 1, NULL, 0, &length, 1));
  TRY(h->op(c, g, TEXT("sum@1"), &length, 1, sum, 2, &length, 1));
  TRY(h->op(c, g, TEXT("rsqrt@1"), &length, 1, NULL, 0, &length, 1));
  TRY(h->op(c, g, TEXT("multiply@1"), (zoo_node[]){x, length}, 2, NULL, 0, &x, 1));

  zoo_attr init = {.name = TEXT("init"), .type = ZOO_ATTR_STR, .s = TEXT("lecun-normal")};
  TRY(h->param(c, g, TEXT("weight"), (int64_t[]){classes, dims[1]}, 2, &init, 1, &weight));
  TRY(h->op(c, g, TEXT("linear@1"), (zoo_node[]){x, weight}, 2, NULL, 0, &logits, 1));
  zoo_attr factor = {.name = TEXT("factor"), .type = ZOO_ATTR_F64, .f = self->scale};
  TRY(h->op(c, g, TEXT("scale@1"), &logits, 1, &factor, 1, &logits, 1));
  TRY(h->output(c, g, TEXT("logits"), logits));

  if (!has_target) return ZOO_OK;
  TRY(h->target(c, g, TEXT("class"), target, 3));
  TRY(h->op(c, g, TEXT("softmax-cross-entropy@1"), (zoo_node[]){logits, target[0], target[1], target[2]}, 4,
            NULL, 0, &loss, 1));
  return h->loss(c, g, TEXT(""), loss, 1);
}

static void destroy(void *instance) { free(instance); }

ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) {
  zoo_component component = {.size = sizeof component, .kind = ZOO_KIND_HEAD, .name = TEXT("unit-old"),
                             .summary = TEXT("a linear head in C"), .version = TEXT("1.0"),
                             .describe = describe, .create = create, .declare = declare, .build = build,
                             .destroy = destroy};
  return c->host->register_component(c, &component);
}
