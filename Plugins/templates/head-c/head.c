/* The head '__name__': a linear layer without bias, its logits scaled. Option: "scale". */
#include "zoo_abi.h"
#include <stdlib.h>
#include <string.h>

ZOO_PLUGIN_NOTE("c");

#define TEXT(literal) ((zoo_str){(literal), sizeof(literal) - 1})
#define TRY(call)                        \
  do {                                   \
    zoo_status status = (call);          \
    if (status != ZOO_OK) return status; \
  } while (0)

typedef struct { double scale; } head;

/* The options with their defaults, and sizes that have names. */
static zoo_status describe(zoo_ctx *c, void *type) {
  (void)type;
  c->host->emit(c, TEXT("{\"options\":{\"scale\":1.0},\"variants\":[]}"));
  return ZOO_OK;
}

/* Understands {} and {"scale": x}; everything else must be refused. The text begins with where the mistake is. */
static zoo_status create(zoo_ctx *c, void *type, zoo_str options, void **instance) {
  static const char key[] = "\"scale\":";
  char text[128], *end = text;
  size_t length = 0;
  double scale = 1;
  (void)type;
  for (size_t i = 0; i < options.len && length < sizeof text - 1; i++)
    if (!strchr(" \t\r\n", options.ptr[i])) text[length++] = options.ptr[i];
  text[length] = 0;
  if (strcmp(text, "{}") != 0 && length > 0) {
    if (strncmp(text + 1, key, sizeof key - 1) == 0) scale = strtod(text + sizeof key, &end);
    if (text[0] != '{' || end == text || strcmp(end, "}") != 0)
      return c->host->fail(c, ZOO_E_INVALID, TEXT("options: the only one is 'scale', a number"));
  }
  if (!(scale > 0)) return c->host->fail(c, ZOO_E_INVALID, TEXT("options.scale: must be above 0"));
  head *self = malloc(sizeof *self);
  if (!self) return c->host->fail(c, ZOO_E_INTERNAL, TEXT("out of memory"));
  self->scale = scale;
  *instance = self;
  return ZOO_OK;
}

/* What it reads, learns from and gives. */
static zoo_status declare(zoo_ctx *c, void *instance) {
  (void)instance;
  c->host->emit(c, TEXT("{\"inputs\":[\"pooled\"],\"target\":\"class\",\"metrics\":[\"top-1\",\"top-5\"],"));
  c->host->emit(c, TEXT("\"outputs\":[{\"name\":\"logits\",\"reading\":\"softmax\"}],"));
  c->host->emit(c, TEXT("\"couples_examples\":false}"));
  return ZOO_OK;
}

/* Describes the computation; the host differentiates and runs it. */
static zoo_status build(zoo_ctx *c, void *instance, zoo_graph *g, uint32_t phase) {
  const zoo_host *h = c->host;
  const head *self = instance;
  zoo_node x, weight, logits, target[3], loss;
  int64_t dims[2], classes, has_target;
  size_t rank;
  (void)phase;
  TRY(h->input(c, g, TEXT("pooled"), &x)); /* [batch, width] */
  TRY(h->shape(c, g, x, dims, 2, &rank));
  TRY(h->info(c, g, TEXT("classes"), &classes));
  TRY(h->info(c, g, TEXT("has_target"), &has_target));

  zoo_attr init = {.name = TEXT("init"), .type = ZOO_ATTR_STR, .s = TEXT("zeros")};
  TRY(h->param(c, g, TEXT("weight"), (int64_t[]){classes, dims[1]}, 2, &init, 1, &weight));
  TRY(h->op(c, g, TEXT("linear@1"), (zoo_node[]){x, weight}, 2, NULL, 0, &logits, 1));
  zoo_attr factor = {.name = TEXT("factor"), .type = ZOO_ATTR_F64, .f = self->scale};
  TRY(h->op(c, g, TEXT("scale@1"), &logits, 1, &factor, 1, &logits, 1));
  TRY(h->output(c, g, TEXT("logits"), logits));

  if (!has_target) return ZOO_OK;
  TRY(h->target(c, g, TEXT("class"), target, 3));
  TRY(h->op(c, g, TEXT("softmax-cross-entropy@1"), (zoo_node[]){logits, target[0], target[1], target[2]}, 4, NULL, 0,
            &loss, 1));
  return h->loss(c, g, TEXT(""), loss, 1);
}

static void destroy(void *instance) { free(instance); }

ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) {
  zoo_component component = {.size = sizeof component, .kind = ZOO_KIND_HEAD, .name = TEXT("__name__"),
                             .summary = TEXT("linear classifier with scaled logits"), .version = TEXT("1.0"),
                             .describe = describe, .create = create, .declare = declare, .build = build,
                             .destroy = destroy};
  return c->host->register_component(c, &component);
}
