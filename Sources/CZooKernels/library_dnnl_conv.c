// Convolutions and their gradients through oneDNN: images NHWC, weights in the library's layout. See
// zoo_dnnl.h.
#include "library_dnnl_internal.h"

#ifdef ZOO_HAS_DNNL
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int fits(const int64_t *sizes, int count) {
  int64_t product = 4;
  for (int i = 0; i < count; i++)
    if (sizes[i] < 1 || sizes[i] > INT32_MAX || __builtin_mul_overflow(product, sizes[i], &product)) return 0;
  return 1;
}

/// Length of the output along one axis; 0 when the kernel does not fit. Numbers below 2^31, so nothing
/// overflows.
static int64_t out_length(int64_t length, int64_t before, int64_t after, int64_t kernel, int64_t stride) {
  const int64_t room = length + before + after - kernel;
  return room < 0 ? 0 : room / stride + 1;
}

static int check(const zoo_conv_spec *s, const char *what, char *error, size_t capacity) {
  const int64_t image[] = {s->batch, s->height, s->width, s->channels};
  const int64_t out[] = {s->batch, s->out_height, s->out_width, s->out_channels};
  const int64_t weights[] = {s->out_channels, s->channels, s->kernel_height, s->kernel_width};
  if (!fits(image, 4) || !fits(out, 4) || !fits(weights, 4) || s->stride < 1 || s->stride > INT32_MAX)
    return zoo_dnnl_fail(error, capacity, "%s: sizes must be at least 1 and fit in memory", what);
  // A wider border would hold outputs that see no input at all.
  if (s->pad_top < 0 || s->pad_left < 0 || s->pad_bottom < 0 || s->pad_right < 0 ||
      s->pad_top >= s->kernel_height || s->pad_bottom >= s->kernel_height || s->pad_left >= s->kernel_width ||
      s->pad_right >= s->kernel_width)
    return zoo_dnnl_fail(error, capacity, "%s: padding must be at least 0 and less than the kernel", what);
  const int64_t height = out_length(s->height, s->pad_top, s->pad_bottom, s->kernel_height, s->stride);
  const int64_t width = out_length(s->width, s->pad_left, s->pad_right, s->kernel_width, s->stride);
  if (height == 0 || width == 0)
    return zoo_dnnl_fail(error, capacity, "%s: the kernel is larger than the padded image", what);
  if (height != s->out_height || width != s->out_width)
    return zoo_dnnl_fail(error, capacity,
                         "%s: the output is %" PRId64 "x%" PRId64 ", not %" PRId64 "x%" PRId64, what, height,
                         width, s->out_height, s->out_width);
  if (s->kind < ZOO_CONV_FORWARD || s->kind > ZOO_CONV_WEIGHT_GRADIENT)
    return zoo_dnnl_fail(error, capacity, "%s: kind %d does not exist", what, s->kind);
  if (s->epilogue < ZOO_EPILOGUE_NONE || s->epilogue > ZOO_EPILOGUE_GELU_TANH)
    return zoo_dnnl_fail(error, capacity, "%s: epilogue %d does not exist", what, s->epilogue);
  if (s->source_type < ZOO_FLOAT32 || s->source_type > ZOO_BFLOAT16 || s->weights_type < ZOO_FLOAT32 ||
      s->weights_type > ZOO_BFLOAT16 || s->destination_type < ZOO_FLOAT32 || s->destination_type > ZOO_BFLOAT16)
    return zoo_dnnl_fail(error, capacity, "%s: a type does not exist", what);
  if (s->kind != ZOO_CONV_FORWARD && (s->bias || s->accumulate || s->epilogue != ZOO_EPILOGUE_NONE))
    return zoo_dnnl_fail(error, capacity, "%s: a gradient takes no bias, accumulation or epilogue", what);
  return 0;
}

/// The descriptors of a convolution, to be released.
typedef struct {
  zoo_desc source, weights, bias, destination;
} conv_descs;

static dnnl_status_t describe(const zoo_conv_spec *s, int source_type, int weights_type, int destination_type,
                              conv_descs *out) {
  const int64_t source_dims[] = {s->batch, s->channels, s->height, s->width};
  const int64_t weights_dims[] = {s->out_channels, s->channels, s->kernel_height, s->kernel_width};
  const int64_t bias_dims[] = {s->out_channels};
  const int64_t destination_dims[] = {s->batch, s->out_channels, s->out_height, s->out_width};
  memset(out, 0, sizeof *out);
  dnnl_status_t status = zoo_desc_tagged(&out->source, 4, source_dims, dnnl_nhwc, zoo_dnnl_type(source_type));
  if (status == dnnl_success)
    status =
        zoo_desc_tagged(&out->weights, 4, weights_dims, dnnl_format_tag_any, zoo_dnnl_type(weights_type));
  if (status == dnnl_success && s->bias)
    status = zoo_desc_tagged(&out->bias, 1, bias_dims, dnnl_a, dnnl_f32);
  if (status == dnnl_success)
    status =
        zoo_desc_tagged(&out->destination, 4, destination_dims, dnnl_nhwc, zoo_dnnl_type(destination_type));
  return status;
}

static void release(conv_descs *descs) {
  zoo_desc_release(&descs->source);
  zoo_desc_release(&descs->weights);
  zoo_desc_release(&descs->bias);
  zoo_desc_release(&descs->destination);
}

static dnnl_status_t plan_kind(const zoo_conv_spec *s, dnnl_prop_kind_t kind, const conv_descs *descs,
                               const_dnnl_primitive_attr_t attributes, dnnl_primitive_desc_t hint,
                               dnnl_primitive_desc_t *out) {
  const zoo_conv_shapes shapes = {.kind = kind,
                                  .source = &descs->source,
                                  .weights = &descs->weights,
                                  .bias = s->bias ? &descs->bias : NULL,
                                  .destination = &descs->destination,
                                  .strides = {s->stride, s->stride},
                                  .before = {s->pad_top, s->pad_left},
                                  .after = {s->pad_bottom, s->pad_right}};
  return zoo_conv_desc(out, &shapes, attributes, hint);
}

/// Plans the forward convolution, or one as a hint and from it the wanted gradient.
static dnnl_status_t plan(const zoo_conv_spec *s, dnnl_primitive_desc_t *out) {
  const int forward = s->kind == ZOO_CONV_FORWARD;
  dnnl_primitive_attr_t attributes = zoo_dnnl_attributes(s->accumulate, s->epilogue);
  if (attributes == NULL) return dnnl_out_of_memory;
  dnnl_primitive_desc_t hint = NULL;
  conv_descs descs;
  dnnl_status_t status = dnnl_success;
  if (!forward) {
    // No forward convolution reads float32 beside bfloat16.
    const int type = s->source_type | s->weights_type | s->destination_type;
    status = describe(s, type, type, type, &descs);
    if (status == dnnl_success)
      status = plan_kind(s, dnnl_forward_training, &descs, attributes, NULL, &hint);
    release(&descs);
  }
  if (status == dnnl_success) {
    const int weights = s->kind == ZOO_CONV_WEIGHT_GRADIENT ? ZOO_FLOAT32 : s->weights_type;
    const dnnl_prop_kind_t kind = s->kind == ZOO_CONV_INPUT_GRADIENT    ? dnnl_backward_data
                                  : s->kind == ZOO_CONV_WEIGHT_GRADIENT ? dnnl_backward_weights
                                  : s->inference                        ? dnnl_forward_inference
                                                                        : dnnl_forward_training;
    status = describe(s, s->source_type, weights, s->destination_type, &descs);
    if (status == dnnl_success) status = plan_kind(s, kind, &descs, attributes, hint, out);
    release(&descs);
  }
  if (hint != NULL) zoo_dnnl.dnnl_primitive_desc_destroy(hint);
  zoo_dnnl.dnnl_primitive_attr_destroy(attributes);
  return status;
}

static dnnl_status_t describe_and_plan(const zoo_conv_spec *s, zoo_desc *plain, dnnl_primitive_desc_t *out) {
  const int64_t weights_dims[] = {s->out_channels, s->channels, s->kernel_height, s->kernel_width};
  const dnnl_status_t status = zoo_desc_tagged(plain, 4, weights_dims, dnnl_oihw, dnnl_f32);
  return status == dnnl_success ? plan(s, out) : status;
}

int zoo_dnnl_conv(const zoo_conv_spec *s, zoo_primitive **out, char *error, size_t capacity) {
  static const char *const names[] = {"convolution", "input gradient of convolution",
                                      "weight gradient of convolution"};
  *out = NULL;
  if (zoo_dnnl_open(error, capacity) != 0) return -1;
  char what[192];
  snprintf(what, sizeof what,
           "%s [%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "] -> %" PRId64 ", kernel %" PRId64
           "x%" PRId64 ", stride %" PRId64,
           names[s->kind < 0 || s->kind > 2 ? 0 : s->kind], s->batch, s->height, s->width, s->channels,
           s->out_channels, s->kernel_height, s->kernel_width, s->stride);
  if (check(s, what, error, capacity) != 0) return -1;
  zoo_primitive *primitive = calloc(1, sizeof *primitive);
  if (primitive == NULL) return zoo_dnnl_fail_status(error, capacity, what, dnnl_out_of_memory);
  primitive->packed = 1;
  primitive->packed_operand = s->kind == ZOO_CONV_WEIGHT_GRADIENT ? ZOO_DESTINATION : ZOO_WEIGHTS;
  primitive->threads = zoo_dnnl_threads();
  zoo_dnnl_use_threads(primitive->threads);
  dnnl_primitive_desc_t desc = NULL;
  dnnl_status_t status = describe_and_plan(s, &primitive->plain_desc, &desc);
  if (status != dnnl_success) {
    zoo_primitive_free(primitive);
    return zoo_dnnl_fail_status(error, capacity, what, status);
  }
  static const dnnl_query_t queries[3][ZOO_OPERANDS] = {
      {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_weights_md, dnnl_query_dst_md,
       dnnl_query_scratchpad_md},
      {dnnl_query_diff_dst_md, dnnl_query_weights_md, dnnl_query_undef, dnnl_query_diff_src_md,
       dnnl_query_scratchpad_md},
      {dnnl_query_src_md, dnnl_query_diff_dst_md, dnnl_query_undef, dnnl_query_diff_weights_md,
       dnnl_query_scratchpad_md}};
  const int arguments[3][ZOO_OPERANDS] = {
      {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, s->bias ? DNNL_ARG_BIAS : 0, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD},
      {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, 0, DNNL_ARG_DIFF_SRC, DNNL_ARG_SCRATCHPAD},
      {DNNL_ARG_SRC, DNNL_ARG_DIFF_DST, 0, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_SCRATCHPAD}};
  if (zoo_dnnl_finish(primitive, desc, queries[s->kind], arguments[s->kind], 0, what, error, capacity) != 0)
    return -1;
  *out = primitive;
  return 0;
}

#endif
