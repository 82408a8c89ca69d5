// Vector kernels; they compute in float32. One source, compiled for several instruction sets; a table of functions for each.
// Kernels know nothing of threads: each works on the rows it is given, the engine splits the rows.
// Pointers need no alignment; sizes may be any (tails are handled); inputs and outputs do not overlap unless said.
#ifndef ZOO_KERNELS_H
#define ZOO_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#if defined(__clang__)
#pragma clang assume_nonnull begin
#define ZOO_NULLABLE _Nullable
#else
#define ZOO_NULLABLE
#endif

enum { ZOO_ISA_BASE = 0, ZOO_ISA_AVX2 = 1, ZOO_ISA_AVX512 = 2, ZOO_ISA_AVX512_BF16 = 3 };
/// The best instruction set that this CPU (and system) can run, or a lower one that the environment's ZOO_MAX_ISA names
/// (base, avx2, avx512): how another machine computes can be tried on this one.
int zoo_isa_detect(void);
/// ZOO_MAX_ISA in the words of oneDNN's DNNL_MAX_CPU_ISA; NULL where nothing is capped.
const char *ZOO_NULLABLE zoo_isa_library_cap(void);
const char *zoo_isa_name(int isa);

enum { // zoo_kernels.unary
  ZOO_RELU, ZOO_GELU_ERF, ZOO_GELU_TANH, ZOO_TANH, ZOO_SIGMOID, ZOO_EXP, ZOO_LOG, ZOO_SQRT, ZOO_RSQRT,
  ZOO_NEGATE, ZOO_SQUARE, ZOO_ABSOLUTE, ZOO_COS, ZOO_SIN, ZOO_ACOS, ZOO_SOFTPLUS
};
enum { ZOO_ADD, ZOO_SUBTRACT, ZOO_MULTIPLY, ZOO_DIVIDE, ZOO_MAXIMUM, ZOO_MINIMUM, ZOO_GREATER, ZOO_EQUAL };

/// Which operands of a kernel that takes both widths are bfloat16 (uint16_t) and not float32; to be joined with |.
enum { ZOO_NARROW_X = 1, ZOO_NARROW_DY = 2, ZOO_NARROW_DY2 = 4, ZOO_NARROW_ADD = 8, ZOO_NARROW_RESULT = 16 };

typedef struct {
  // ---- elementwise --------------------------------------------------------------------------------------
  /// y[i] = f(x[i]); y may be x. Relative error below 1e-6 for erf, exp, tanh.
  void (*unary)(int kind, const float *x, float *y, int64_t n);
  /// dx[i] = dy[i] * f'(x[i]); dx may be dy. ReLU's gradient at 0 is 0.
  void (*unary_gradient)(int kind, const float *x, const float *dy, float *dx, int64_t n);
  /// y[i] = a[i] op b[i]; y may be a or b. GREATER and EQUAL give 1 or 0.
  void (*binary)(int kind, const float *a, const float *b, float *y, int64_t n);
  /// y[r, i] = a[r, i] op b[i] for r < rows, i < n (b broadcast over rows); y may be a.
  void (*binary_row)(int kind, const float *a, const float *b, float *y, int64_t rows, int64_t n);
  /// y[i] = x[i] * scale + shift; y may be x.
  void (*scale)(const float *x, float scale, float shift, float *y, int64_t n);
  /// y[i] += x[i] * scale.
  void (*accumulate)(const float *x, float scale, float *y, int64_t n);
  /// y[i] = x[i] as bfloat16, to the nearest, ties to even; NaN stays NaN.
  void (*to_bfloat16)(const float *x, uint16_t *y, int64_t n);
  /// The reverse, exact.
  void (*from_bfloat16)(const uint16_t *x, float *y, int64_t n);
  /// Strided copy: y (dense, of dims[0..rank)) = x read with `strides` in elements (0 broadcasts); rank <= 8.
  void (*copy_strided)(const float *x, const int64_t *dims, const int64_t *strides, int rank, float *y);
  /// General broadcast: y dense of dims; a and b read with their strides; rank <= 8.
  void (*binary_strided)(int kind, const float *a, const int64_t *a_strides, const float *b,
                         const int64_t *b_strides, const int64_t *dims, int rank, float *y);
  /// Sum of squares in double precision.
  double (*squared_sum)(const float *x, int64_t n);
  /// Whether all are finite.
  int (*all_finite)(const float *x, int64_t n);

  // ---- rows ---------------------------------------------------------------------------------------------
  /// sums[i] += sum over rows of x[r, i].
  void (*column_sums)(const void *x, int narrow, int64_t rows, int64_t n, float *sums);
  /// y[r] = max or sum (kind ZOO_MAXIMUM / ZOO_ADD) of x[r, 0..n).
  void (*row_reduce)(int kind, const float *x, int64_t rows, int64_t n, float *y);
  /// y[r, :] = softmax or log-softmax of x[r, :]; y may be x.
  void (*softmax)(const float *x, int64_t rows, int64_t n, int logarithm, float *y);
  /// dx from y (the forward result) and dy; dx may be dy.
  void (*softmax_gradient)(const float *y, const float *dy, int64_t rows, int64_t n, int logarithm, float *dx);
  /// Cross-entropy of softmax(x[r]) with target t = (1-smoothing)*(mix[r]*onehot(first[r]) + (1-mix[r])*onehot(second[r]))
  /// + smoothing/n. Writes loss[r] and logsum[r] (log of the sum of exponentials). Labels outside 0..n-1 give loss 0.
  void (*cross_entropy)(const float *x, const int32_t *first, const int32_t *second, const float *mix,
                        float smoothing, int64_t rows, int64_t n, float *loss, float *logsum);
  /// dx[r, i] = dloss[r] * (softmax(x[r])[i] - t[r, i]); rows with a label outside 0..n-1 give 0.
  void (*cross_entropy_gradient)(const float *x, const float *logsum, const int32_t *first, const int32_t *second,
                                 const float *mix, float smoothing, const float *dloss, int64_t rows, int64_t n,
                                 float *dx);
  /// y = (x - mean) * rstd * gamma + beta; mean[r], rstd[r] are written (biased variance, two-pass or shifted).
  /// gamma and beta may both be NULL (no affine).
  void (*layer_norm)(const float *x, const float *ZOO_NULLABLE gamma, const float *ZOO_NULLABLE beta, float epsilon, int64_t rows, int64_t n,
                     float *y, float *mean, float *rstd);
  /// dx = gradient (+ add[r, :] when add is not NULL; dx may be add or dy); dgamma[i] += .., dbeta[i] += .. (NULL: skipped).
  void (*layer_norm_gradient)(const float *x, const float *mean, const float *rstd,
                              const float *ZOO_NULLABLE gamma, const float *dy, const float *ZOO_NULLABLE add,
                              int64_t rows, int64_t n, float *dx, float *ZOO_NULLABLE dgamma,
                              float *ZOO_NULLABLE dbeta);

  // ---- images: one image, NHWC without N ------------------------------------------------------------------
  // Images may be of either width: `narrow` joins those of ZOO_NARROW_ that are bfloat16.
  /// Per channel over `pixels` pixels: sum and square sum of (x - shift[c]); written, not added.
  void (*channel_sums)(const void *x, int narrow, const float *shift, int64_t pixels, int64_t channels, float *sum,
                       float *squares);
  /// y[p, c] = x[p, c] * scale[c] + offset[c], then max(0, .) when relu; y may be x.
  void (*channel_affine)(const void *x, int narrow, const float *scale, const float *offset, int relu, int64_t pixels,
                         int64_t channels, void *y);
  /// Per channel sums of dz and dz * (x - shift[c]), with dz = dy (+ dy2 when not NULL) where relu == 0 or
  /// x * scale + offset > 0, else 0; written, not added.
  void (*channel_gradient_sums)(const void *x, const void *dy, const void *ZOO_NULLABLE dy2, int narrow,
                                const float *scale, const float *offset, const float *shift, int relu, int64_t pixels,
                                int64_t channels, float *sum, float *products);
  /// dx = dz * p[c] + (x - shift[c]) * q[c] + r[c] (+ add when not NULL), dz as above; dx may be dy or add, of its width.
  void (*channel_gradient_apply)(const void *x, const void *dy, const void *ZOO_NULLABLE dy2,
                                 const void *ZOO_NULLABLE add, int narrow,
                                 const float *scale, const float *offset, const float *shift, const float *p,
                                 const float *q, const float *r, int relu, int64_t pixels, int64_t channels,
                                 void *dx);
  /// Max pooling of output rows [row_begin, row_end): window `kernel`, `stride`, symmetric padding `pad` with the
  /// VALUE 0 (as BiT's root block has it: an explicit zero pad before a pool without padding).
  void (*max_pool)(const void *x, int narrow, int64_t height, int64_t width, int64_t channels, int64_t kernel,
                   int64_t stride, int64_t pad, int64_t out_width, int64_t row_begin, int64_t row_end, void *y);
  /// dx (whole image, overwritten) from dy: the gradient goes to the first largest element of each window in
  /// row-major order; windows won by the padding lose it.
  void (*max_pool_gradient)(const void *x, const void *dy, int narrow, int64_t height, int64_t width,
                            int64_t channels, int64_t kernel, int64_t stride, int64_t pad, int64_t out_height, int64_t out_width,
                            float *dx);
  /// Columns of output rows [row_begin, row_end): y[(row - row_begin) * out_width + col, (ky * kernel_width + kx) * channels + c];
  /// outside the image 0. Serves convolutions as products, and patches (stride == kernel).
  void (*image_to_columns)(const float *x, int64_t height, int64_t width, int64_t channels, int64_t kernel_height,
                           int64_t kernel_width, int64_t stride, int64_t pad_top, int64_t pad_left,
                           int64_t out_width, int64_t row_begin, int64_t row_end, float *y);
  /// The adjoint: adds the columns of output rows [row_begin, row_end) back into the image dx.
  void (*columns_to_image)(const float *columns, int64_t height, int64_t width, int64_t channels,
                           int64_t kernel_height, int64_t kernel_width, int64_t stride, int64_t pad_top,
                           int64_t pad_left, int64_t out_width, int64_t row_begin, int64_t row_end, float *dx);

  // ---- 3 x 3 convolutions by Winograd's F(2x2, 3x3): stride 1, padding 1, channels and outputs multiples of 16 -----
  // `narrow` of either width as for images; with ZOO_NARROW_X the products are of bfloat16, which only an instruction set
  // that has them computes.
  /// Panels of weights, each of which may be packed by itself.
  int64_t (*winograd_panels)(int64_t outputs);
  /// Packs a panel of w [outputs, channels, 3, 3]; all of them take 16 * outputs * channels elements.
  void (*winograd_pack)(const float *w, int64_t channels, int64_t outputs, int64_t panel, int narrow, void *packed);
  /// Floats of scratch for `block` tiles at a time.
  int64_t (*winograd_scratch)(int64_t channels, int64_t block, int narrow);
  /// Output tiles [begin, end) of 2 x 2 pixels of images NHWC: tile t is number t % n of image t / n, row by row, with
  /// n = ceil(height / 2) * ceil(width / 2).
  void (*winograd)(const void *x, int narrow, int64_t height, int64_t width, int64_t channels, int64_t outputs,
                   const void *packed, int64_t block, int64_t begin, int64_t end, void *y, float *scratch);

  // ---- weights --------------------------------------------------------------------------------------------
  /// Weight standardisation of `rows` output channels of `n` weights each: y = (w - mean) / sqrt(var + epsilon),
  /// biased variance; mean[r] and rstd[r] are written.
  void (*weight_standardise)(const float *w, float epsilon, int64_t rows, int64_t n, float *y, float *mean,
                             float *rstd);
  /// dw = rstd * (dy - mean(dy) - what * mean(dy * what)), what = (w - mean) * rstd; dw may be dy.
  void (*weight_standardise_gradient)(const float *w, const float *mean, const float *rstd, const float *dy,
                                      int64_t rows, int64_t n, float *dw);

  // ---- attention, one head of one image -------------------------------------------------------------------
  /// o[i, :] = sum_j softmax_j(scale * q[i] . k[j]) v[j]; rows of q, k, v are `stride` floats apart, of o `o_stride`;
  /// tokens n, width d of the head (any). lse[i] = log sum_j exp(scale q.k) is written. scratch: attention_scratch(n, d).
  void (*attention)(const float *q, const float *k, const float *v, int64_t stride, int64_t n, int64_t d,
                    float scale, float *o, int64_t o_stride, float *lse, float *scratch);
  /// Writes dq, dk, dv (rows `stride` apart) from do (rows `o_stride` apart), o and lse; recomputes the probabilities.
  /// scratch: attention_gradient_scratch(n, d).
  void (*attention_gradient)(const float *q, const float *k, const float *v, int64_t stride, const float *o,
                             const float *d_o, int64_t o_stride, const float *lse, int64_t n, int64_t d, float scale,
                             float *dq, float *dk, float *dv, float *scratch);
  /// The same over bfloat16, with products of bfloat16 summed in float32 and probabilities in bfloat16; strides in
  /// elements, d a multiple of 16. NULL where the instruction set has no such products.
  void (*ZOO_NULLABLE attention_narrow)(const uint16_t *q, const uint16_t *k, const uint16_t *v, int64_t stride,
                                        int64_t n, int64_t d, float scale, uint16_t *o, int64_t o_stride, float *lse,
                                        float *scratch);
  void (*ZOO_NULLABLE attention_gradient_narrow)(const uint16_t *q, const uint16_t *k, const uint16_t *v,
                                                 int64_t stride, const uint16_t *o, const uint16_t *d_o,
                                                 int64_t o_stride, const float *lse, int64_t n, int64_t d, float scale,
                                                 uint16_t *dq, uint16_t *dk, uint16_t *dv, float *scratch);
  /// Floats of scratch; the float32 kernels' room is enough for those over bfloat16.
  int64_t (*attention_scratch)(int64_t n, int64_t d);
  int64_t (*attention_gradient_scratch)(int64_t n, int64_t d);

  // ---- optimisers (PyTorch's conventions) -----------------------------------------------------------------
  /// g = gradient * gradient_scale + weight_decay * w; m = momentum * m + g; w -= rate * (nesterov ? g + momentum * m : m).
  void (*sgd)(float *w, float *m, const float *gradient, int64_t n, float rate, float momentum, float weight_decay,
              int nesterov, float gradient_scale);
  /// AdamW with decoupled decay: w *= 1 - rate * weight_decay; m, v moments; w -= rate / correction1 * m / (sqrt(v / correction2) + epsilon),
  /// correction_i = 1 - beta_i^t.
  void (*adamw)(float *w, float *m, float *v, const float *gradient, int64_t n, float rate, float beta1, float beta2,
                float epsilon, float weight_decay, float correction1, float correction2, float gradient_scale);
  /// average = decay * average + (1 - decay) * w.
  void (*average)(float *average, const float *w, int64_t n, float decay);

  // ---- random numbers -------------------------------------------------------------------------------------
  /// y[r, i] = 0 where the example's draw is below `threshold`, else x[r, i] * factor; y may be x. Draw i of row r is
  /// word i % 4 of Philox4x32-10 with counter (i / 4, i / 4 >> 32, node, 2) and key (keys[2r], keys[2r + 1]); with
  /// `whole` all of a row share draw 0.
  void (*dropout)(const float *x, const uint32_t *keys, uint32_t node, uint32_t threshold, float factor, int whole,
                  int64_t rows, int64_t n, float *y);
  /// n numbers in (0, 1), each odd multiples of 2^-54: number i is made of words 2 (i % 2) and 2 (i % 2) + 1, the lower
  /// first, of Philox4x32-10 with counter (i / 2, i / 2 >> 32, node, 3) and key (key[0], key[1]).
  void (*random_uniform)(const uint32_t *key, uint32_t node, int64_t n, double *y);

  // ---- selection ------------------------------------------------------------------------------------------
  /// y[i] = c[i] != 0 ? a[i] : b[i]; y may be any of them.
  void (*select)(const float *c, const float *a, const float *b, float *y, int64_t n);
  /// Cross-entropy of sigmoid(x[i]) with t[i] in 0...1; 0 where t[i] is no number. y may be x or t.
  void (*sigmoid_cross_entropy)(const float *x, const float *t, float *y, int64_t n);
  /// dx[i] = dy[i] * (sigmoid(x[i]) - t[i]); 0 where t[i] is no number. dx may be any of them.
  void (*sigmoid_cross_entropy_gradient)(const float *x, const float *t, const float *dy, float *dx, int64_t n);
  /// The k <= n largest of each row, the largest first, and their places; ties in order, what is no number last.
  void (*top_k)(const float *x, int64_t rows, int64_t n, int64_t k, float *values, int32_t *indices);

  // ---- quantised arrays -------------------------------------------------------------------------------------
  /// y[i] = x[i] * factor + zero to the nearest, ties to even, within 0..255; what is no number becomes 0.
  void (*to_bytes)(const float *x, float factor, float zero, uint8_t *y, int64_t n);
  /// y[i] = scale * (x[i] - zero).
  void (*from_bytes)(const uint8_t *x, float scale, float zero, float *y, int64_t n);
  /// sums[r] = sum of w[r, 0..n).
  void (*int8_row_sums)(const int8_t *w, int64_t rows, int64_t n, int32_t *sums);
  /// y[i] = scale * w[i].
  void (*from_int8)(const int8_t *w, float scale, float *y, int64_t n);
} zoo_kernels;

/// The kernels for an instruction set that this CPU can run; a higher one than it can is answered with the highest it can.
const zoo_kernels *zoo_kernels_for(int isa);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#ifdef __cplusplus
}
#endif
#endif
