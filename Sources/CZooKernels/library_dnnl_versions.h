// What differs between oneDNN 2 and 3: memory descriptors (a struct in 2, an opaque pointer in 3), how
// primitive descriptors are made (operation descriptors in 2), and two post-op signatures. To be included by
// library_dnnl_internal.h alone.
#ifndef ZOO_LIBRARY_DNNL_VERSIONS_H
#define ZOO_LIBRARY_DNNL_VERSIONS_H
#include <dnnl.h>
#include <string.h>

#define ZOO_DNNL_COMMON(X)                                                                                   \
  X(dnnl_version)                                                                                            \
  X(dnnl_engine_create)                                                                                      \
  X(dnnl_stream_create)                                                                                      \
  X(dnnl_stream_wait) X(dnnl_primitive_attr_create) X(dnnl_primitive_attr_destroy)                           \
      X(dnnl_primitive_attr_set_scratchpad_mode) X(dnnl_primitive_attr_set_post_ops) X(dnnl_post_ops_create) \
          X(dnnl_post_ops_destroy) X(dnnl_post_ops_append_sum) X(dnnl_post_ops_append_eltwise)               \
              X(dnnl_reorder_primitive_desc_create) X(dnnl_primitive_desc_query)                             \
                  X(dnnl_primitive_desc_query_md) X(dnnl_primitive_desc_destroy) X(dnnl_primitive_create)    \
                      X(dnnl_primitive_execute) X(dnnl_primitive_destroy) X(dnnl_memory_create)              \
                          X(dnnl_memory_set_data_handle) X(dnnl_memory_destroy) X(dnnl_memory_desc_get_size) \
                              X(dnnl_memory_desc_equal)

#if DNNL_VERSION_MAJOR >= 3
#define ZOO_DNNL_PACKAGE "libdnnl3"
#define ZOO_DNNL_FUNCTIONS(X)                                                                                \
  ZOO_DNNL_COMMON(X)                                                                                         \
  X(dnnl_memory_desc_create_with_strides)                                                                    \
  X(dnnl_memory_desc_create_with_tag)                                                                        \
  X(dnnl_memory_desc_clone)                                                                                  \
  X(dnnl_primitive_attr_set_scales_mask)                                                                     \
  X(dnnl_memory_desc_destroy) X(dnnl_matmul_primitive_desc_create)                                           \
      X(dnnl_convolution_forward_primitive_desc_create)                                                      \
          X(dnnl_convolution_backward_data_primitive_desc_create)                                            \
              X(dnnl_convolution_backward_weights_primitive_desc_create)
#else
#define ZOO_DNNL_PACKAGE "libdnnl2"
#define ZOO_DNNL_FUNCTIONS(X)                                                                                \
  ZOO_DNNL_COMMON(X)                                                                                         \
  X(dnnl_primitive_attr_set_output_scales)                                                                   \
  X(dnnl_memory_desc_init_by_strides)                                                                        \
  X(dnnl_memory_desc_init_by_tag)                                                                            \
  X(dnnl_matmul_desc_init)                                                                                   \
  X(dnnl_convolution_forward_desc_init) X(dnnl_convolution_backward_data_desc_init)                          \
      X(dnnl_convolution_backward_weights_desc_init) X(dnnl_primitive_desc_create)
#endif

/// The library's functions, found with dlsym.
typedef struct {
#define ZOO_DNNL_FIELD(name) __typeof__(&name) name;
  ZOO_DNNL_FUNCTIONS(ZOO_DNNL_FIELD)
#undef ZOO_DNNL_FIELD
  dnnl_engine_t engine;
  dnnl_stream_t stream;
} zoo_dnnl_table;

extern zoo_dnnl_table zoo_dnnl;

/// A memory descriptor of either version; all zero is "none". To be released.
typedef dnnl_memory_desc_t zoo_desc;

/// Shapes of a convolution as both versions take them.
typedef struct {
  dnnl_prop_kind_t kind; // forward_training, forward_inference, backward_data or backward_weights
  const zoo_desc *source, *weights, *bias, *destination;
  dnnl_dims_t strides, before, after;
} zoo_conv_shapes;

#if DNNL_VERSION_MAJOR >= 3

static inline dnnl_status_t zoo_desc_strided(zoo_desc *out, int count, const int64_t *dims,
                                             const int64_t *strides, dnnl_data_type_t type) {
  return zoo_dnnl.dnnl_memory_desc_create_with_strides(out, count, dims, type, strides);
}
static inline dnnl_status_t zoo_desc_tagged(zoo_desc *out, int count, const int64_t *dims,
                                            dnnl_format_tag_t tag, dnnl_data_type_t type) {
  return zoo_dnnl.dnnl_memory_desc_create_with_tag(out, count, dims, type, tag);
}
static inline void zoo_desc_release(zoo_desc *desc) {
  if (*desc != NULL) zoo_dnnl.dnnl_memory_desc_destroy(*desc);
  *desc = NULL;
}
static inline dnnl_status_t zoo_desc_query(zoo_desc *out, const_dnnl_primitive_desc_t from,
                                           dnnl_query_t what) {
  const_dnnl_memory_desc_t found = zoo_dnnl.dnnl_primitive_desc_query_md(from, what, 0);
  return found == NULL ? dnnl_unimplemented : zoo_dnnl.dnnl_memory_desc_clone(out, found);
}
static inline size_t zoo_desc_size(const zoo_desc *desc) {
  return *desc == NULL ? 0 : zoo_dnnl.dnnl_memory_desc_get_size(*desc);
}
static inline int zoo_desc_same(const zoo_desc *one, const zoo_desc *other) {
  return zoo_dnnl.dnnl_memory_desc_equal(*one, *other) == 1;
}
static inline dnnl_status_t zoo_memory_unbound(dnnl_memory_t *out, const zoo_desc *desc) {
  return zoo_dnnl.dnnl_memory_create(out, *desc, zoo_dnnl.engine, DNNL_MEMORY_NONE);
}
static inline dnnl_status_t zoo_append_sum(dnnl_post_ops_t ops) {
  return zoo_dnnl.dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef);
}
static inline dnnl_status_t zoo_append_function(dnnl_post_ops_t ops, dnnl_alg_kind_t function) {
  return zoo_dnnl.dnnl_post_ops_append_eltwise(ops, function, 0, 0);
}
static inline dnnl_status_t zoo_append_linear(dnnl_post_ops_t ops, float factor, float offset) {
  return zoo_dnnl.dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_linear, factor, offset);
}
/// A factor for each output channel of an int8 product, before the bias; the values are bound later.
static inline dnnl_status_t zoo_channel_scales(dnnl_primitive_attr_t attributes, int64_t count,
                                               const float *scales, int convolution) {
  (void)count, (void)scales;
  return zoo_dnnl.dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_WEIGHTS, convolution ? 1 : 2);
}
#define ZOO_DNNL_BIAS_IS_SCALED 0
static inline dnnl_status_t zoo_matmul_desc(dnnl_primitive_desc_t *out, const zoo_desc *a, const zoo_desc *w,
                                            const zoo_desc *bias, const zoo_desc *c,
                                            const_dnnl_primitive_attr_t attributes) {
  return zoo_dnnl.dnnl_matmul_primitive_desc_create(out, zoo_dnnl.engine, *a, *w, bias == NULL ? NULL : *bias,
                                                    *c, attributes);
}
static inline dnnl_status_t zoo_reorder_desc(dnnl_primitive_desc_t *out, const zoo_desc *from,
                                             const zoo_desc *to) {
  return zoo_dnnl.dnnl_reorder_primitive_desc_create(out, *from, zoo_dnnl.engine, *to, zoo_dnnl.engine, NULL);
}
static inline dnnl_status_t zoo_conv_desc(dnnl_primitive_desc_t *out, const zoo_conv_shapes *s,
                                          const_dnnl_primitive_attr_t attributes,
                                          const_dnnl_primitive_desc_t hint) {
  const dnnl_dims_t dense = {0, 0};
  switch (s->kind) {
  case dnnl_backward_data:
    return zoo_dnnl.dnnl_convolution_backward_data_primitive_desc_create(
        out, zoo_dnnl.engine, dnnl_convolution_direct, *s->source, *s->weights, *s->destination, s->strides,
        dense, s->before, s->after, hint, attributes);
  case dnnl_backward_weights:
    return zoo_dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
        out, zoo_dnnl.engine, dnnl_convolution_direct, *s->source, *s->weights, NULL, *s->destination,
        s->strides, dense, s->before, s->after, hint, attributes);
  default:
    return zoo_dnnl.dnnl_convolution_forward_primitive_desc_create(
        out, zoo_dnnl.engine, s->kind, dnnl_convolution_direct, *s->source, *s->weights,
        s->bias == NULL ? NULL : *s->bias, *s->destination, s->strides, dense, s->before, s->after,
        attributes);
  }
}

#else

static inline dnnl_status_t zoo_desc_strided(zoo_desc *out, int count, const int64_t *dims,
                                             const int64_t *strides, dnnl_data_type_t type) {
  return zoo_dnnl.dnnl_memory_desc_init_by_strides(out, count, dims, type, strides);
}
static inline dnnl_status_t zoo_desc_tagged(zoo_desc *out, int count, const int64_t *dims,
                                            dnnl_format_tag_t tag, dnnl_data_type_t type) {
  return zoo_dnnl.dnnl_memory_desc_init_by_tag(out, count, dims, type, tag);
}
static inline void zoo_desc_release(zoo_desc *desc) { memset(desc, 0, sizeof *desc); }
static inline dnnl_status_t zoo_desc_query(zoo_desc *out, const_dnnl_primitive_desc_t from,
                                           dnnl_query_t what) {
  const dnnl_memory_desc_t *found = zoo_dnnl.dnnl_primitive_desc_query_md(from, what, 0);
  if (found == NULL) return dnnl_unimplemented;
  *out = *found;
  return dnnl_success;
}
static inline size_t zoo_desc_size(const zoo_desc *desc) {
  return desc->ndims == 0 ? 0 : zoo_dnnl.dnnl_memory_desc_get_size(desc);
}
static inline int zoo_desc_same(const zoo_desc *one, const zoo_desc *other) {
  return zoo_dnnl.dnnl_memory_desc_equal(one, other) == 1;
}
static inline dnnl_status_t zoo_memory_unbound(dnnl_memory_t *out, const zoo_desc *desc) {
  return zoo_dnnl.dnnl_memory_create(out, desc, zoo_dnnl.engine, DNNL_MEMORY_NONE);
}
static inline dnnl_status_t zoo_append_sum(dnnl_post_ops_t ops) {
  return zoo_dnnl.dnnl_post_ops_append_sum(ops, 1);
}
static inline dnnl_status_t zoo_append_function(dnnl_post_ops_t ops, dnnl_alg_kind_t function) {
  return zoo_dnnl.dnnl_post_ops_append_eltwise(ops, 1, function, 0, 0);
}
static inline dnnl_status_t zoo_append_linear(dnnl_post_ops_t ops, float factor, float offset) {
  return zoo_dnnl.dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_linear, factor, offset);
}
/// A factor for each output channel of an int8 product and its bias.
static inline dnnl_status_t zoo_channel_scales(dnnl_primitive_attr_t attributes, int64_t count,
                                               const float *scales, int convolution) {
  (void)convolution;
  return zoo_dnnl.dnnl_primitive_attr_set_output_scales(attributes, count, 2, scales);
}
#define ZOO_DNNL_BIAS_IS_SCALED 1
static inline dnnl_status_t zoo_matmul_desc(dnnl_primitive_desc_t *out, const zoo_desc *a, const zoo_desc *w,
                                            const zoo_desc *bias, const zoo_desc *c,
                                            const_dnnl_primitive_attr_t attributes) {
  dnnl_matmul_desc_t operation;
  dnnl_status_t status = zoo_dnnl.dnnl_matmul_desc_init(&operation, a, w, bias, c);
  if (status != dnnl_success) return status;
  return zoo_dnnl.dnnl_primitive_desc_create(out, &operation, attributes, zoo_dnnl.engine, NULL);
}
static inline dnnl_status_t zoo_reorder_desc(dnnl_primitive_desc_t *out, const zoo_desc *from,
                                             const zoo_desc *to) {
  return zoo_dnnl.dnnl_reorder_primitive_desc_create(out, from, zoo_dnnl.engine, to, zoo_dnnl.engine, NULL);
}
static inline dnnl_status_t zoo_conv_desc(dnnl_primitive_desc_t *out, const zoo_conv_shapes *s,
                                          const_dnnl_primitive_attr_t attributes,
                                          const_dnnl_primitive_desc_t hint) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status;
  switch (s->kind) {
  case dnnl_backward_data:
    status = zoo_dnnl.dnnl_convolution_backward_data_desc_init(&operation, dnnl_convolution_direct, s->source,
                                                               s->weights, s->destination, s->strides,
                                                               s->before, s->after);
    break;
  case dnnl_backward_weights:
    status = zoo_dnnl.dnnl_convolution_backward_weights_desc_init(&operation, dnnl_convolution_direct,
                                                                  s->source, s->weights, NULL, s->destination,
                                                                  s->strides, s->before, s->after);
    break;
  default:
    status = zoo_dnnl.dnnl_convolution_forward_desc_init(&operation, s->kind, dnnl_convolution_direct,
                                                         s->source, s->weights, s->bias, s->destination,
                                                         s->strides, s->before, s->after);
  }
  if (status != dnnl_success) return status;
  return zoo_dnnl.dnnl_primitive_desc_create(out, &operation, attributes, zoo_dnnl.engine, hint);
}

#endif
#endif
