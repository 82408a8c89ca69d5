// Products and convolutions of bytes and int8 weights through oneDNN. See zoo_dnnl.h.
#include "library_dnnl_internal.h"

#ifdef ZOO_HAS_DNNL
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int zoo_dnnl_int8_bias_is_scaled(void) { return ZOO_DNNL_BIAS_IS_SCALED; }

/// Scratchpad of the user, scales of the channels, += of the destination, function, then to bytes.
static dnnl_primitive_attr_t attributes(const zoo_int8_spec *s) {
  dnnl_primitive_attr_t result = NULL;
  dnnl_post_ops_t ops = NULL;
  int good = zoo_dnnl.dnnl_primitive_attr_create(&result) == dnnl_success &&
             zoo_dnnl.dnnl_primitive_attr_set_scratchpad_mode(result, dnnl_scratchpad_mode_user) ==
                 dnnl_success &&
             zoo_channel_scales(result, s->n, s->scales, s->kernel_height > 0) == dnnl_success &&
             zoo_dnnl.dnnl_post_ops_create(&ops) == dnnl_success;
  if (good && s->accumulate) good = zoo_append_sum(ops) == dnnl_success;
  if (good && s->epilogue != ZOO_EPILOGUE_NONE) {
    const dnnl_alg_kind_t function = s->epilogue == ZOO_EPILOGUE_RELU       ? dnnl_eltwise_relu
                                     : s->epilogue == ZOO_EPILOGUE_GELU_ERF ? dnnl_eltwise_gelu_erf
                                                                            : dnnl_eltwise_gelu_tanh;
    good = zoo_append_function(ops, function) == dnnl_success;
  }
  if (good && s->destination_type == ZOO_UINT8)
    good = zoo_append_linear(ops, s->out_factor, s->out_zero) == dnnl_success;
  if (good) good = zoo_dnnl.dnnl_primitive_attr_set_post_ops(result, ops) == dnnl_success;
  if (ops != NULL) zoo_dnnl.dnnl_post_ops_destroy(ops);
  if (good) return result;
  if (result != NULL) zoo_dnnl.dnnl_primitive_attr_destroy(result);
  return NULL;
}

static int check(const zoo_int8_spec *s, const char *what, char *error, size_t capacity) {
  const int64_t sizes[] = {s->m, s->n, s->k};
  for (int i = 0; i < 3; i++)
    if (sizes[i] < 1 || sizes[i] > INT32_MAX)
      return zoo_dnnl_fail(error, capacity, "%s: every size must be from 1 to %d", what, INT32_MAX);
  if (s->scales == NULL) return zoo_dnnl_fail(error, capacity, "%s: there are no scales", what);
  if (s->epilogue < ZOO_EPILOGUE_NONE || s->epilogue > ZOO_EPILOGUE_GELU_TANH ||
      s->destination_type < ZOO_FLOAT32 || s->destination_type > ZOO_UINT8)
    return zoo_dnnl_fail(error, capacity, "%s: an epilogue or type does not exist", what);
  if (s->kernel_height > 0 &&
      (s->height < 1 || s->width < 1 || s->out_height < 1 || s->out_width < 1 || s->kernel_width < 1 ||
       s->stride < 1 || s->pad_top < 0 || s->pad_left < 0 || s->pad_bottom < 0 || s->pad_right < 0))
    return zoo_dnnl_fail(error, capacity, "%s: sizes must be at least 1", what);
  return 0;
}

/// The descriptors of source, weights as they come and as the library likes them, bias, destination.
typedef struct {
  zoo_desc source, any, bias, destination;
} int8_descs;

static dnnl_status_t plan_product(const zoo_int8_spec *s, int8_descs *d, zoo_desc *plain,
                                  const_dnnl_primitive_attr_t attr, dnnl_primitive_desc_t *out) {
  const int64_t a[] = {s->m, s->k}, w[] = {s->k, s->n}, c[] = {s->m, s->n}, bias[] = {1, s->n};
  const int64_t transposed[] = {1, s->k};
  dnnl_status_t status = zoo_desc_tagged(&d->source, 2, a, dnnl_ab, dnnl_u8);
  if (status == dnnl_success) status = zoo_desc_strided(plain, 2, w, transposed, dnnl_s8);
  if (status == dnnl_success) status = zoo_desc_tagged(&d->any, 2, w, dnnl_format_tag_any, dnnl_s8);
  if (status == dnnl_success) status = zoo_desc_tagged(&d->bias, 2, bias, dnnl_ab, dnnl_f32);
  if (status == dnnl_success)
    status = zoo_desc_tagged(&d->destination, 2, c, dnnl_ab, zoo_dnnl_type(s->destination_type));
  if (status != dnnl_success) return status;
  return zoo_matmul_desc(out, &d->source, &d->any, &d->bias, &d->destination, attr);
}

static dnnl_status_t plan_convolution(const zoo_int8_spec *s, int8_descs *d, zoo_desc *plain,
                                      const_dnnl_primitive_attr_t attr, dnnl_primitive_desc_t *out) {
  const int64_t x[] = {s->m, s->k, s->height, s->width}, y[] = {s->m, s->n, s->out_height, s->out_width};
  const int64_t w[] = {s->n, s->k, s->kernel_height, s->kernel_width}, bias[] = {s->n};
  dnnl_status_t status = zoo_desc_tagged(&d->source, 4, x, dnnl_nhwc, dnnl_u8);
  if (status == dnnl_success) status = zoo_desc_tagged(plain, 4, w, dnnl_oihw, dnnl_s8);
  if (status == dnnl_success) status = zoo_desc_tagged(&d->any, 4, w, dnnl_format_tag_any, dnnl_s8);
  if (status == dnnl_success) status = zoo_desc_tagged(&d->bias, 1, bias, dnnl_a, dnnl_f32);
  if (status == dnnl_success)
    status = zoo_desc_tagged(&d->destination, 4, y, dnnl_nhwc, zoo_dnnl_type(s->destination_type));
  if (status != dnnl_success) return status;
  const zoo_conv_shapes shapes = {.kind = dnnl_forward_inference,
                                  .source = &d->source,
                                  .weights = &d->any,
                                  .bias = &d->bias,
                                  .destination = &d->destination,
                                  .strides = {s->stride, s->stride},
                                  .before = {s->pad_top, s->pad_left},
                                  .after = {s->pad_bottom, s->pad_right}};
  return zoo_conv_desc(out, &shapes, attr, NULL);
}

int zoo_dnnl_int8(const zoo_int8_spec *s, zoo_primitive **out, char *error, size_t capacity) {
  *out = NULL;
  if (zoo_dnnl_open(error, capacity) != 0) return -1;
  char what[128];
  snprintf(what, sizeof what, "int8 %s [%" PRId64 ", %" PRId64 "] x [%" PRId64 ", %" PRId64 "]",
           s->kernel_height > 0 ? "convolution" : "product", s->m, s->k, s->k, s->n);
  if (check(s, what, error, capacity) != 0) return -1;
  zoo_primitive *primitive = calloc(1, sizeof *primitive);
  if (primitive == NULL) return zoo_dnnl_fail_status(error, capacity, what, dnnl_out_of_memory);
  primitive->packed = 1;
  primitive->packed_operand = ZOO_WEIGHTS;
  primitive->threads = zoo_dnnl_threads();
  zoo_dnnl_use_threads(primitive->threads);
  int8_descs descs;
  memset(&descs, 0, sizeof descs);
  dnnl_primitive_desc_t desc = NULL;
  dnnl_primitive_attr_t attr = attributes(s);
  dnnl_status_t status = attr == NULL                ? dnnl_out_of_memory
                         : s->kernel_height > 0      ? plan_convolution(s, &descs, &primitive->plain_desc, attr, &desc)
                                                     : plan_product(s, &descs, &primitive->plain_desc, attr, &desc);
  zoo_desc_release(&descs.source);
  zoo_desc_release(&descs.any);
  zoo_desc_release(&descs.bias);
  zoo_desc_release(&descs.destination);
  if (attr != NULL) zoo_dnnl.dnnl_primitive_attr_destroy(attr);
  if (status == dnnl_success) status = zoo_bind_scales(primitive, s->n, s->scales);
  if (status != dnnl_success) {
    if (desc != NULL) zoo_dnnl.dnnl_primitive_desc_destroy(desc);
    zoo_primitive_free(primitive);
    return zoo_dnnl_fail_status(error, capacity, what, status);
  }
  const dnnl_query_t queries[ZOO_OPERANDS] = {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_weights_md,
                                              dnnl_query_dst_md, dnnl_query_scratchpad_md};
  const int arguments[ZOO_OPERANDS] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST,
                                       DNNL_ARG_SCRATCHPAD};
  if (zoo_dnnl_finish(primitive, desc, queries, arguments, 0, what, error, capacity) != 0) return -1;
  // Without these instructions pairs of products are summed in 16 bits, which overflow silently.
  if (strstr(primitive->implementation, "vnni") == NULL && strstr(primitive->implementation, "amx") == NULL) {
    const int result = zoo_dnnl_fail(error, capacity, "%s: oneDNN %s has no exact implementation for this CPU (%s)",
                                     what, zoo_dnnl_version(), primitive->implementation);
    zoo_primitive_free(primitive);
    return result;
  }
  *out = primitive;
  return 0;
}

#endif
