// Shared by the library_dnnl files: a planned primitive, and how one is finished.
#ifndef ZOO_LIBRARY_DNNL_INTERNAL_H
#define ZOO_LIBRARY_DNNL_INTERNAL_H
#include "zoo_dnnl.h"

#if defined(__has_include)
#if __has_include(<dnnl.h>)
#define ZOO_HAS_DNNL 1
#include "library_dnnl_versions.h"

// Scales are operands in version 3, parts of the primitive in 2.
enum { ZOO_SOURCE, ZOO_WEIGHTS, ZOO_BIAS, ZOO_DESTINATION, ZOO_SCRATCH, ZOO_SCALES, ZOO_OPERANDS };

/// One memory object that gets its pointer at run time.
typedef struct {
  dnnl_memory_t memory;
  const void *bound;
} zoo_operand;

/// A reorder between the plain and the packed weights.
typedef struct {
  dnnl_primitive_t primitive;
  zoo_operand from, to;
} zoo_repacking;

struct zoo_primitive {
  dnnl_primitive_t primitive;
  zoo_operand operands[ZOO_OPERANDS]; // memory is NULL where unused
  int arguments[ZOO_OPERANDS];        // DNNL_ARG_*
  int packed;                         // whether the weights (or their gradient) have the library's layout
  int packed_operand;                 // which operand has it
  zoo_desc plain_desc, packed_desc;
  size_t scratch_bytes;
  int threads;                // at its making: the scratch memory holds a part for each, and no more
  zoo_repacking pack, unpack; // made when first wanted
  float *scales;              // of an int8 product's output channels, where they are an operand
  char implementation[64];
};

/// Keeps a copy of an int8 product's scales as an operand, in version 3.
dnnl_status_t zoo_bind_scales(zoo_primitive *primitive, int64_t count, const float *scales);

/// The number set last.
int zoo_dnnl_threads(void);
/// Makes the calling thread plan for, or run on, so many threads.
void zoo_dnnl_use_threads(int threads);

/// Writes a sentence; returns -1.
int zoo_dnnl_fail(char *error, size_t capacity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/// "oneDNN cannot plan WHAT: out of memory".
int zoo_dnnl_fail_status(char *error, size_t capacity, const char *what, dnnl_status_t status);

/// The library's word for a ZOO_ type.
dnnl_data_type_t zoo_dnnl_type(int type);

/// User scratchpad, then += of the destination, then the function. NULL when out of memory.
dnnl_primitive_attr_t zoo_dnnl_attributes(int accumulate, int epilogue);

/// Makes the primitive of `desc` (which it destroys) with operands as `queries` names them (0 for none),
/// refuses reference implementations unless `tiny`, and plans the first repacking. Frees `primitive` on
/// failure.
int zoo_dnnl_finish(zoo_primitive *primitive, dnnl_primitive_desc_t desc, const dnnl_query_t *queries,
                    const int *arguments, int tiny, const char *what, char *error, size_t capacity);

#endif
#endif
#endif
