// oneDNN behind a narrow surface that hides its versions. The library is opened with dlopen on first use and
// never linked, so that a machine without it can still list models. Operands are float32 or bfloat16, sums always
// float32; all functions return 0 or -1 with a sentence in `error`.
#ifndef ZOO_DNNL_H
#define ZOO_DNNL_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// Opens libdnnl; later calls return the first result. Fails when this build had no dnnl.h.
int zoo_dnnl_open(char *error, size_t capacity);
/// "2.6.3", or NULL before a successful open.
const char *zoo_dnnl_version(void);
/// Threads for every later plan; at first all that the runtime would use. A plan runs on the number it was
/// made for (omp_set_num_threads of the libgomp that oneDNN uses, in whichever thread runs it).
void zoo_dnnl_set_threads(int threads);

/// A planned primitive, bound to shapes, not to memory.
typedef struct zoo_primitive zoo_primitive;

/// Types of operands; 0, what a spec is cleared to, is float32.
enum { ZOO_FLOAT32 = 0, ZOO_BFLOAT16 = 1, ZOO_UINT8 = 2 /* of int8 products alone */ };

enum { ZOO_EPILOGUE_NONE = 0, ZOO_EPILOGUE_RELU = 1, ZOO_EPILOGUE_GELU_ERF = 2, ZOO_EPILOGUE_GELU_TANH = 3 };

/// c[b,m,n] = epilogue(a[b,m,k] . w[b,k,n] + bias[n] (+ c before, when accumulate)). Strides in elements.
/// Order of the epilogue: product, bias, accumulate, then the function. batch == 1 is planned as a 2-D
/// product.
typedef struct {
  int64_t batch, m, n, k;
  int64_t a_batch, a_row, a_column;
  int64_t w_batch, w_row, w_column; // w_row steps along k, w_column along n
  int64_t c_batch, c_row;           // columns of c are contiguous
  int bias, accumulate, epilogue;
  int packed; // w is given in the layout that the library prefers (batch == 1 only)
  int a_type, w_type, c_type; // the bias is float32; w is packed from float32
} zoo_matmul_spec;

enum { ZOO_CONV_FORWARD = 0, ZOO_CONV_INPUT_GRADIENT = 1, ZOO_CONV_WEIGHT_GRADIENT = 2 };

/// A 2-D convolution, images NHWC dense, weights always in the library's layout (see pack / unpack), no bias
/// unless `bias` (forward only). The weight gradient overwrites.
typedef struct {
  int kind, inference;
  int64_t batch, height, width, channels; // of the input
  int64_t out_height, out_width, out_channels;
  int64_t kernel_height, kernel_width, stride;
  int64_t pad_top, pad_left, pad_bottom, pad_right;
  int bias, accumulate, epilogue; // forward only, as in zoo_matmul_spec
  // Of what the kind reads and writes: a weight gradient is float32 whatever `weights_type` says, the bias always,
  // and plain weights always.
  int source_type, weights_type, destination_type;
} zoo_conv_spec;

/// A product or convolution of unsigned bytes and int8 weights, summed exactly: with the sum a of an output channel,
/// v = epilogue(scales[n] * a + bias[n] (+ the destination before, when accumulate)), stored as float32 or bfloat16, or as
/// the byte v * out_factor + out_zero. Every source byte counts as it is: a zero point is for the caller to take off the
/// bias.
typedef struct {
  int64_t m, n, k;                 // rows or images, output and input channels; weights [n, k] row-major
  int64_t kernel_height, kernel_width; // 0 for a product; else a convolution as in zoo_conv_spec, weights OIHW
  int64_t height, width, out_height, out_width, stride;
  int64_t pad_top, pad_left, pad_bottom, pad_right;
  const float *scales; // n of them, copied
  int accumulate, epilogue, destination_type;
  float out_factor, out_zero;
} zoo_int8_spec;

/// Plans. A plan whose implementation calls itself a reference one is refused (a silent factor of a
/// thousand).
int zoo_dnnl_matmul(const zoo_matmul_spec *spec, zoo_primitive **out, char *error, size_t capacity);
int zoo_dnnl_conv(const zoo_conv_spec *spec, zoo_primitive **out, char *error, size_t capacity);
/// Refuses also where the CPU has no instructions that sum such products exactly.
int zoo_dnnl_int8(const zoo_int8_spec *spec, zoo_primitive **out, char *error, size_t capacity);
/// Whether the library multiplies an int8 product's bias with the scales too: then it is to be given divided by them.
int zoo_dnnl_int8_bias_is_scaled(void);
void zoo_primitive_free(zoo_primitive *primitive);

/// The library's name of the implementation, for plans and profiles.
const char *zoo_primitive_implementation(const zoo_primitive *primitive);
/// Bytes of scratch memory (64-byte aligned) that a run needs.
size_t zoo_primitive_scratch(const zoo_primitive *primitive);
/// Bytes of the weights operand (for a weight gradient: of the gradient) in the library's layout; 0 when the
/// plain layout is used as it is, in products that are not `packed`.
size_t zoo_primitive_packed_size(const zoo_primitive *primitive);
/// Whether both primitives want the same weight layout (so that one packing serves both).
int zoo_primitive_same_packing(const zoo_primitive *one, const zoo_primitive *other);
/// Plain weights, float32 or of an int8 product int8 -> the library's layout and type. Plain: OIHW for convolutions, the
/// strides of the spec for products.
int zoo_primitive_pack(zoo_primitive *primitive, const void *plain, void *packed);
/// The library's layout -> plain OIHW (weight gradients).
int zoo_primitive_unpack(zoo_primitive *primitive, const void *packed, float *plain);

/// Runs, without allocating; -1 also where a needed pointer is NULL. Product: source a, weights w,
/// destination c. Convolution forward: input, weights, output; input gradient: source = output gradient,
/// weights, destination = input gradient; weight gradient: source = input, weights = output gradient,
/// destination = packed weight gradient. `bias`, `scratch` may be NULL where unused.
int zoo_primitive_run(zoo_primitive *primitive, const void *source, const void *weights, const float *bias,
                      void *destination, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
