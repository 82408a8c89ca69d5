// A planned primitive of oneDNN: making it, asking it, packing its weights, running it. See zoo_dnnl.h.
#include "library_dnnl_internal.h"

#ifdef ZOO_HAS_DNNL
#include <stdio.h>
#include <stdlib.h>

// MARK: - Planning

dnnl_primitive_attr_t zoo_dnnl_attributes(int accumulate, int epilogue) {
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_post_ops_t ops = NULL;
  int good = zoo_dnnl.dnnl_primitive_attr_create(&attributes) == dnnl_success &&
             zoo_dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user) ==
                 dnnl_success &&
             zoo_dnnl.dnnl_post_ops_create(&ops) == dnnl_success;
  if (good && accumulate) good = zoo_append_sum(ops) == dnnl_success;
  if (good && epilogue != ZOO_EPILOGUE_NONE) {
    const dnnl_alg_kind_t function = epilogue == ZOO_EPILOGUE_RELU       ? dnnl_eltwise_relu
                                     : epilogue == ZOO_EPILOGUE_GELU_ERF ? dnnl_eltwise_gelu_erf
                                                                         : dnnl_eltwise_gelu_tanh;
    good = zoo_append_function(ops, function) == dnnl_success;
  }
  if (good) good = zoo_dnnl.dnnl_primitive_attr_set_post_ops(attributes, ops) == dnnl_success;
  if (ops != NULL) zoo_dnnl.dnnl_post_ops_destroy(ops);
  if (good) return attributes;
  if (attributes != NULL) zoo_dnnl.dnnl_primitive_attr_destroy(attributes);
  return NULL;
}

dnnl_data_type_t zoo_dnnl_type(int type) {
  return type == ZOO_UINT8 ? dnnl_u8 : type == ZOO_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

dnnl_status_t zoo_bind_scales(zoo_primitive *primitive, int64_t count, const float *scales) {
#if DNNL_VERSION_MAJOR >= 3
  primitive->scales = malloc((size_t)count * sizeof(float));
  if (primitive->scales == NULL) return dnnl_out_of_memory;
  memcpy(primitive->scales, scales, (size_t)count * sizeof(float));
  zoo_desc desc = NULL;
  dnnl_status_t status = zoo_desc_tagged(&desc, 1, &count, dnnl_a, dnnl_f32);
  if (status == dnnl_success) status = zoo_memory_unbound(&primitive->operands[ZOO_SCALES].memory, &desc);
  zoo_desc_release(&desc);
  primitive->arguments[ZOO_SCALES] = DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS;
  return status;
#else
  (void)primitive, (void)count, (void)scales;
  return dnnl_success;
#endif
}

static dnnl_status_t add_operand(zoo_primitive *primitive, int operand, const_dnnl_primitive_desc_t from,
                                 dnnl_query_t query) {
  zoo_desc desc;
  memset(&desc, 0, sizeof desc);
  dnnl_status_t status = zoo_desc_query(&desc, from, query);
  if (status != dnnl_success) return status;
  const size_t size = zoo_desc_size(&desc);
  if (operand == ZOO_SCRATCH) primitive->scratch_bytes = size;
  if (size > 0) status = zoo_memory_unbound(&primitive->operands[operand].memory, &desc);
  if (primitive->packed && operand == primitive->packed_operand)
    primitive->packed_desc = desc; // handed over
  else
    zoo_desc_release(&desc);
  return status;
}

static dnnl_status_t plan_repacking(zoo_repacking *repacking, const zoo_desc *from, const zoo_desc *to) {
  if (repacking->primitive != NULL) return dnnl_success;
  dnnl_primitive_desc_t desc = NULL;
  dnnl_status_t status = zoo_reorder_desc(&desc, from, to);
  if (status != dnnl_success) return status;
  if (repacking->from.memory == NULL) status = zoo_memory_unbound(&repacking->from.memory, from);
  if (status == dnnl_success && repacking->to.memory == NULL)
    status = zoo_memory_unbound(&repacking->to.memory, to);
  if (status == dnnl_success) status = zoo_dnnl.dnnl_primitive_create(&repacking->primitive, desc);
  zoo_dnnl.dnnl_primitive_desc_destroy(desc);
  return status;
}

static dnnl_status_t plan_natural_repacking(zoo_primitive *p) {
  if (!p->packed) return dnnl_success;
  if (p->packed_operand == ZOO_WEIGHTS) return plan_repacking(&p->pack, &p->plain_desc, &p->packed_desc);
  return plan_repacking(&p->unpack, &p->packed_desc, &p->plain_desc);
}

int zoo_dnnl_finish(zoo_primitive *primitive, dnnl_primitive_desc_t desc, const dnnl_query_t *queries,
                    const int *arguments, int tiny, const char *what, char *error, size_t capacity) {
  const char *name = NULL;
  int result = 0;
  dnnl_status_t status = zoo_dnnl.dnnl_primitive_desc_query(desc, dnnl_query_impl_info_str, 0, &name);
  if (status == dnnl_success) {
    snprintf(primitive->implementation, sizeof primitive->implementation, "%s", name != NULL ? name : "");
    if (strstr(primitive->implementation, "ref") != NULL && !tiny)
      result = zoo_dnnl_fail(error, capacity, "oneDNN %s has only a reference implementation (%s) for %s",
                             zoo_dnnl_version(), primitive->implementation, what);
  }
  for (int i = 0; result == 0 && status == dnnl_success && i < ZOO_SCALES; i++) {
    primitive->arguments[i] = arguments[i];
    if (arguments[i] != 0) status = add_operand(primitive, i, desc, queries[i]);
  }
  if (result == 0 && status == dnnl_success)
    status = zoo_dnnl.dnnl_primitive_create(&primitive->primitive, desc);
  zoo_dnnl.dnnl_primitive_desc_destroy(desc);
  if (result == 0 && status == dnnl_success) status = plan_natural_repacking(primitive);
  if (result == 0 && status != dnnl_success) result = zoo_dnnl_fail_status(error, capacity, what, status);
  if (result != 0) zoo_primitive_free(primitive);
  return result;
}

static void free_repacking(zoo_repacking *repacking) {
  if (repacking->primitive != NULL) zoo_dnnl.dnnl_primitive_destroy(repacking->primitive);
  if (repacking->from.memory != NULL) zoo_dnnl.dnnl_memory_destroy(repacking->from.memory);
  if (repacking->to.memory != NULL) zoo_dnnl.dnnl_memory_destroy(repacking->to.memory);
}

void zoo_primitive_free(zoo_primitive *primitive) {
  if (primitive == NULL) return;
  if (primitive->primitive != NULL) zoo_dnnl.dnnl_primitive_destroy(primitive->primitive);
  for (int i = 0; i < ZOO_OPERANDS; i++)
    if (primitive->operands[i].memory != NULL) zoo_dnnl.dnnl_memory_destroy(primitive->operands[i].memory);
  free_repacking(&primitive->pack);
  free_repacking(&primitive->unpack);
  zoo_desc_release(&primitive->plain_desc);
  zoo_desc_release(&primitive->packed_desc);
  free(primitive->scales);
  free(primitive);
}

// MARK: - Asking

const char *zoo_primitive_implementation(const zoo_primitive *primitive) { return primitive->implementation; }

size_t zoo_primitive_scratch(const zoo_primitive *primitive) { return primitive->scratch_bytes; }

size_t zoo_primitive_packed_size(const zoo_primitive *primitive) {
  return primitive->packed ? zoo_desc_size(&primitive->packed_desc) : 0;
}

int zoo_primitive_same_packing(const zoo_primitive *one, const zoo_primitive *other) {
  return one->packed && other->packed && zoo_desc_same(&one->packed_desc, &other->packed_desc);
}

// MARK: - Running

static dnnl_status_t bind(zoo_operand *operand, const void *pointer) {
  // Binding writes zeros into the padding of a packed layout, so it is done once per place.
  if (operand->bound == pointer) return dnnl_success;
  dnnl_status_t status = zoo_dnnl.dnnl_memory_set_data_handle(operand->memory, (void *)pointer);
  operand->bound = status == dnnl_success ? pointer : NULL;
  return status;
}

static int repack(const zoo_primitive *primitive, zoo_repacking *repacking, const zoo_desc *from_desc,
                  const zoo_desc *to_desc, const void *from, void *to) {
  if (from == NULL || to == NULL) return -1;
  zoo_dnnl_use_threads(primitive->threads);
  if (plan_repacking(repacking, from_desc, to_desc) != dnnl_success) return -1;
  if (bind(&repacking->from, from) != dnnl_success || bind(&repacking->to, to) != dnnl_success) return -1;
  const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, repacking->from.memory},
                                       {DNNL_ARG_TO, repacking->to.memory}};
  if (zoo_dnnl.dnnl_primitive_execute(repacking->primitive, zoo_dnnl.stream, 2, arguments) != dnnl_success)
    return -1;
  return zoo_dnnl.dnnl_stream_wait(zoo_dnnl.stream) == dnnl_success ? 0 : -1;
}

int zoo_primitive_pack(zoo_primitive *primitive, const void *plain, void *packed) {
  if (!primitive->packed) return -1;
  return repack(primitive, &primitive->pack, &primitive->plain_desc, &primitive->packed_desc, plain, packed);
}

int zoo_primitive_unpack(zoo_primitive *primitive, const void *packed, float *plain) {
  if (!primitive->packed) return -1;
  return repack(primitive, &primitive->unpack, &primitive->packed_desc, &primitive->plain_desc, packed,
                plain);
}

int zoo_primitive_run(zoo_primitive *primitive, const void *source, const void *weights, const float *bias,
                      void *destination, void *scratch) {
  const void *pointers[ZOO_OPERANDS] = {source, weights, bias, destination, scratch, primitive->scales};
  dnnl_exec_arg_t arguments[ZOO_OPERANDS];
  int count = 0;
  for (int i = 0; i < ZOO_OPERANDS; i++) {
    zoo_operand *operand = &primitive->operands[i];
    if (operand->memory == NULL) continue;
    if (pointers[i] == NULL || bind(operand, pointers[i]) != dnnl_success) return -1;
    arguments[count].arg = primitive->arguments[i];
    arguments[count++].memory = operand->memory;
  }
  zoo_dnnl_use_threads(primitive->threads);
  if (zoo_dnnl.dnnl_primitive_execute(primitive->primitive, zoo_dnnl.stream, count, arguments) !=
      dnnl_success)
    return -1;
  return zoo_dnnl.dnnl_stream_wait(zoo_dnnl.stream) == dnnl_success ? 0 : -1;
}

#endif
