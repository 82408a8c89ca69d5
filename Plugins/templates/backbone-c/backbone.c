/* The backbone '__name__': patches of 4 pixels of an image of 32, a convolution, the mean over the map. No options. */
#include "zoo_abi.h"
#include <string.h>

ZOO_PLUGIN_NOTE("c");

#define TEXT(literal) ((zoo_str){(literal), sizeof(literal) - 1})
#define TRY(call)                        \
  do {                                   \
    zoo_status status = (call);          \
    if (status != ZOO_OK) return status; \
  } while (0)

static zoo_attr number(zoo_str name, int64_t value) {
  zoo_attr attribute = {.name = name, .type = ZOO_ATTR_I64, .i = value};
  return attribute;
}

/* The options with their defaults, and sizes that have names. */
static zoo_status describe(zoo_ctx *c, void *type) {
  (void)type;
  c->host->emit(c, TEXT("{\"options\":{},\"variants\":[]}"));
  return ZOO_OK;
}

static zoo_status create(zoo_ctx *c, void *type, zoo_str options, void **instance) {
  (void)type;
  if (options.len != 0 && (options.len != 2 || memcmp(options.ptr, "{}", 2) != 0))
    return c->host->fail(c, ZOO_E_INVALID, TEXT("options: it takes none"));
  *instance = NULL;
  return ZOO_OK;
}

/* The image it takes, the number of its last block, the width of 'pooled'. */
static zoo_status declare(zoo_ctx *c, void *instance) {
  (void)instance;
  c->host->emit(c, TEXT("{\"image\":{\"height\":32,\"width\":32,\"channels\":3,\"mean\":[0.5,0.5,0.5],"));
  c->host->emit(c, TEXT("\"std\":[0.5,0.5,0.5]},\"depth\":1,\"features\":32}"));
  return ZOO_OK;
}

/* A convolution without padding beyond `padding`, its weights drawn for ReLU, at a depth. */
static zoo_status convolution(zoo_ctx *c, zoo_graph *g, zoo_str name, zoo_node x, int64_t in, int64_t kernel,
                              int64_t stride, int64_t padding, int64_t depth, zoo_node *y) {
  zoo_node weight;
  zoo_attr parameter[] = {{.name = TEXT("init"), .type = ZOO_ATTR_STR, .s = TEXT("he-normal")},
                          number(TEXT("depth"), depth)};
  zoo_attr window[] = {number(TEXT("stride"), stride), number(TEXT("padding"), padding)};
  TRY(c->host->param(c, g, name, (int64_t[]){32, in, kernel, kernel}, 4, parameter, 2, &weight));
  return c->host->op(c, g, TEXT("conv2d@1"), (zoo_node[]){x, weight}, 2, window, 2, y, 1);
}

/* Describes the computation; the host differentiates and runs it. */
static zoo_status build(zoo_ctx *c, void *instance, zoo_graph *g, uint32_t phase) {
  const zoo_host *h = c->host;
  zoo_node x, y;
  (void)instance;
  (void)phase;
  TRY(h->input(c, g, TEXT("image"), &x)); /* [batch, height, width, 3] */
  TRY(convolution(c, g, TEXT("stem.weight"), x, 3, 4, 4, 0, 0, &x));
  TRY(h->activation(c, g, TEXT("stem"), x));
  TRY(h->op(c, g, TEXT("relu@1"), &x, 1, NULL, 0, &y, 1));
  TRY(convolution(c, g, TEXT("block1.weight"), y, 32, 3, 1, 1, 1, &y));
  TRY(h->op(c, g, TEXT("add@1"), (zoo_node[]){x, y}, 2, NULL, 0, &x, 1));
  TRY(h->activation(c, g, TEXT("map"), x));
  zoo_attr axes = {.name = TEXT("axes"), .type = ZOO_ATTR_I64S, .is = (int64_t[]){1, 2}, .n_is = 2};
  TRY(h->op(c, g, TEXT("mean@1"), &x, 1, &axes, 1, &x, 1));
  return h->activation(c, g, TEXT("pooled"), x);
}

static void destroy(void *instance) { (void)instance; }

ZOO_EXPORT zoo_status zoo_plugin_main(zoo_ctx *c) {
  zoo_component component = {.size = sizeof component, .kind = ZOO_KIND_BACKBONE, .name = TEXT("__name__"),
                             .summary = TEXT("patches and a convolution"), .version = TEXT("1.0"),
                             .describe = describe, .create = create, .declare = declare, .build = build,
                             .destroy = destroy};
  return c->host->register_component(c, &component);
}
