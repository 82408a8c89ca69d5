// Matrix products through oneDNN. See zoo_dnnl.h.
#include "library_dnnl_internal.h"

#ifdef ZOO_HAS_DNNL
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Below this many multiplications a reference implementation costs microseconds, and may be the only one.
enum { TINY = 32768 };

/// Whether [batch, rows, columns] with these strides lies within what 64-bit offsets in bytes can reach.
static int reachable(int64_t batch, int64_t rows, int64_t columns, int64_t step, int64_t row,
                     int64_t column) {
  int64_t a, b, c, sum;
  return step >= 0 && row >= 0 && column >= 0 && !__builtin_mul_overflow(batch - 1, step, &a) &&
         !__builtin_mul_overflow(rows - 1, row, &b) && !__builtin_mul_overflow(columns - 1, column, &c) &&
         !__builtin_add_overflow(a, b, &sum) && !__builtin_add_overflow(sum, c, &sum) && sum < INT64_MAX / 8;
}

static int check(const zoo_matmul_spec *s, const char *what, char *error, size_t capacity) {
  if (s->batch < 1 || s->m < 1 || s->n < 1 || s->k < 1)
    return zoo_dnnl_fail(error, capacity, "%s: every size must be at least 1", what);
  // The library counts single dimensions in 32-bit integers in places.
  if (s->batch > INT32_MAX || s->m > INT32_MAX || s->n > INT32_MAX || s->k > INT32_MAX)
    return zoo_dnnl_fail(error, capacity, "%s: every size must be at most %d", what, INT32_MAX);
  if (!reachable(s->batch, s->m, s->k, s->a_batch, s->a_row, s->a_column))
    return zoo_dnnl_fail(error, capacity, "%s: the strides of a are negative or too large", what);
  if (!reachable(s->batch, s->k, s->n, s->w_batch, s->w_row, s->w_column))
    return zoo_dnnl_fail(error, capacity, "%s: the strides of w are negative or too large", what);
  if (!reachable(s->batch, s->m, s->n, s->c_batch, s->c_row, 1))
    return zoo_dnnl_fail(error, capacity, "%s: the strides of c are negative or too large", what);
  if ((s->m > 1 && s->c_row < s->n) || (s->batch > 1 && s->c_batch < s->n))
    return zoo_dnnl_fail(error, capacity, "%s: rows of c overlap", what);
  if (s->packed && s->batch > 1)
    return zoo_dnnl_fail(error, capacity, "%s: packed weights need a batch of 1", what);
  if (s->epilogue < ZOO_EPILOGUE_NONE || s->epilogue > ZOO_EPILOGUE_GELU_TANH)
    return zoo_dnnl_fail(error, capacity, "%s: epilogue %d does not exist", what, s->epilogue);
  if (s->a_type < ZOO_FLOAT32 || s->a_type > ZOO_BFLOAT16 || s->w_type < ZOO_FLOAT32 ||
      s->w_type > ZOO_BFLOAT16 || s->c_type < ZOO_FLOAT32 || s->c_type > ZOO_BFLOAT16)
    return zoo_dnnl_fail(error, capacity, "%s: a type does not exist", what);
  return 0;
}

/// The matrix [batch, rows, columns], 2-D without a batch. The stride of a dimension of size 1 is never used,
/// but the library picks its implementation by it: give it that of a dense matrix.
static dnnl_status_t describe(zoo_desc *out, int64_t batch, int64_t rows, int64_t columns, int64_t step,
                              int64_t row, int64_t column, int type) {
  if (columns == 1) column = 1;
  if (rows == 1) row = columns * column;
  if (row < 1 || column < 1) return dnnl_invalid_arguments;
  const int64_t dims[] = {step == 0 ? 1 : batch, rows, columns};
  const int64_t dense = rows * row > columns * column ? rows * row : columns * column;
  const int64_t strides[] = {dims[0] == 1 ? dense : step, row, column};
  return batch == 1 ? zoo_desc_strided(out, 2, dims + 1, strides + 1, zoo_dnnl_type(type))
                    : zoo_desc_strided(out, 3, dims, strides, zoo_dnnl_type(type));
}

int zoo_dnnl_matmul(const zoo_matmul_spec *s, zoo_primitive **out, char *error, size_t capacity) {
  *out = NULL;
  if (zoo_dnnl_open(error, capacity) != 0) return -1;
  char what[128];
  snprintf(what, sizeof what, "product [%" PRId64 ", %" PRId64 ", %" PRId64 "] x [%" PRId64 ", %" PRId64 "]",
           s->batch, s->m, s->k, s->k, s->n);
  if (check(s, what, error, capacity) != 0) return -1;
  zoo_primitive *primitive = calloc(1, sizeof *primitive);
  if (primitive == NULL) return zoo_dnnl_fail_status(error, capacity, what, dnnl_out_of_memory);
  primitive->packed = s->packed != 0;
  primitive->packed_operand = ZOO_WEIGHTS;
  primitive->threads = zoo_dnnl_threads();
  zoo_dnnl_use_threads(primitive->threads);

  zoo_desc a, any, bias, c;
  memset(&a, 0, sizeof a);
  memset(&any, 0, sizeof any);
  memset(&bias, 0, sizeof bias);
  memset(&c, 0, sizeof c);
  const int64_t weights_dims[] = {s->k, s->n}, bias_dims[] = {1, 1, s->n}, bias_strides[] = {s->n, s->n, 1};
  const int flat = s->batch == 1;
  dnnl_primitive_desc_t desc = NULL;
  dnnl_primitive_attr_t attributes = zoo_dnnl_attributes(s->accumulate, s->epilogue);
  dnnl_status_t status = attributes == NULL ? dnnl_out_of_memory : dnnl_success;
  if (status == dnnl_success) status = describe(&a, s->batch, s->m, s->k, s->a_batch, s->a_row, s->a_column, s->a_type);
  if (status == dnnl_success)
    status = describe(&primitive->plain_desc, s->batch, s->k, s->n, s->w_batch, s->w_row, s->w_column,
                      s->packed ? ZOO_FLOAT32 : s->w_type);
  if (status == dnnl_success) status = describe(&c, s->batch, s->m, s->n, s->c_batch, s->c_row, 1, s->c_type);
  if (status == dnnl_success && s->packed)
    status = zoo_desc_tagged(&any, 2, weights_dims, dnnl_format_tag_any, zoo_dnnl_type(s->w_type));
  if (status == dnnl_success && s->bias)
    status = zoo_desc_strided(&bias, flat ? 2 : 3, bias_dims + flat, bias_strides + flat, dnnl_f32);
  if (status == dnnl_success)
    status = zoo_matmul_desc(&desc, &a, s->packed ? &any : &primitive->plain_desc, s->bias ? &bias : NULL, &c,
                             attributes);
  zoo_desc_release(&a);
  zoo_desc_release(&any);
  zoo_desc_release(&bias);
  zoo_desc_release(&c);
  if (attributes != NULL) zoo_dnnl.dnnl_primitive_attr_destroy(attributes);
  if (status != dnnl_success) {
    zoo_primitive_free(primitive);
    return zoo_dnnl_fail_status(error, capacity, what, status);
  }
  dnnl_query_t queries[ZOO_OPERANDS] = {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_weights_md,
                                        dnnl_query_dst_md, dnnl_query_scratchpad_md};
  int arguments[ZOO_OPERANDS] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, s->bias ? DNNL_ARG_BIAS : 0, DNNL_ARG_DST,
                                 DNNL_ARG_SCRATCHPAD};
  const int tiny = s->batch * s->m < TINY && s->batch * s->m * s->n < TINY &&
                   (double)(s->batch * s->m * s->n) * (double)s->k < TINY;
  if (zoo_dnnl_finish(primitive, desc, queries, arguments, tiny, what, error, capacity) != 0) return -1;
  *out = primitive;
  return 0;
}

#endif
