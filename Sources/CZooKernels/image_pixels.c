// Pixel loops: upright turning, resampling, normalising.
#include "zoo_image.h"

#include <string.h>

#if defined(__x86_64__)
#define ZOO_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ZOO_CLONES
#endif

typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef int32_t i32x16 __attribute__((vector_size(64)));

enum { fraction_bits = 22 };

#define CLAMPED(sum) \
  __builtin_elementwise_min(__builtin_elementwise_max((sum), (i32x16){0}), (i32x16){0} + 255)

static inline uint8_t rounded(int32_t sum) {
  const int32_t value = sum >> fraction_bits;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void zoo_image_orient(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t orientation, uint8_t *out) {
  const int swapped = orientation >= 5;
  const size_t out_width = (size_t)(swapped ? height : width);
  for (int32_t y = 0; y < height; y++) {
    for (int32_t x = 0; x < width; x++) {
      const int32_t right = width - 1 - x, below = height - 1 - y;
      int32_t to_x = x, to_y = y;
      switch (orientation) {
        case 2: to_x = right; break;
        case 3: to_x = right; to_y = below; break;
        case 4: to_y = below; break;
        case 5: to_x = y; to_y = x; break;
        case 6: to_x = below; to_y = x; break;
        case 7: to_x = below; to_y = right; break;
        case 8: to_x = y; to_y = right; break;
        default: break;
      }
      const uint8_t *from = pixels + 3 * ((size_t)y * (size_t)width + (size_t)x);
      memcpy(out + 3 * ((size_t)to_y * out_width + (size_t)to_x), from, 3);
    }
  }
}

// Four rows at a time, side by side, so that one vector holds a column of 4 pixels (padded to 4 channels)
// and every tap is one multiply-add.
ZOO_CLONES void zoo_resample_horizontal(
    const uint8_t *pixels, int32_t width, int32_t height, uint8_t *out, int32_t out_width,
    const int32_t *starts, const int32_t *counts, const int32_t *weights, int32_t taps,
    uint8_t *scratch) {
  const size_t row_bytes = 3 * (size_t)width, out_row_bytes = 3 * (size_t)out_width;
  for (int32_t top = 0; top < height; top += 4) {
    const int32_t rows = height - top < 4 ? height - top : 4;
    for (int32_t r = 0; r < 4; r++) {
      const uint8_t *row = pixels + (size_t)(top + (r < rows ? r : rows - 1)) * row_bytes;
      uint8_t *column = scratch + 4 * r;
      for (int32_t x = 0; x < width; x++) {
        const uint32_t pixel = (uint32_t)row[3 * x] | (uint32_t)row[3 * x + 1] << 8 |
                               (uint32_t)row[3 * x + 2] << 16;
        memcpy(column + 16 * (size_t)x, &pixel, 4);
      }
    }
    for (int32_t x = 0; x < out_width; x++) {
      i32x16 sum = (i32x16){0} + (1 << (fraction_bits - 1));
      const uint8_t *column = scratch + 16 * (size_t)starts[x];
      const int32_t *weight = weights + (size_t)x * (size_t)taps;
      for (int32_t t = 0; t < counts[x]; t++) {
        u8x16 pixel;
        memcpy(&pixel, column + 16 * (size_t)t, 16);
        sum += __builtin_convertvector(pixel, i32x16) * weight[t];
      }
      sum >>= fraction_bits;
      sum = CLAMPED(sum);
      const u8x16 bytes = __builtin_convertvector(sum, u8x16);
      uint8_t packed[16];
      memcpy(packed, &bytes, 16);
      for (int32_t r = 0; r < rows; r++) {
        memcpy(out + (size_t)(top + r) * out_row_bytes + 3 * (size_t)x, packed + 4 * r, 3);
      }
    }
  }
}

ZOO_CLONES void zoo_resample_vertical(
    const uint8_t *pixels, int32_t width, uint8_t *out, int32_t out_height, const int32_t *starts,
    const int32_t *counts, const int32_t *weights, int32_t taps) {
  const size_t row_bytes = 3 * (size_t)width;
  for (int32_t y = 0; y < out_height; y++) {
    const uint8_t *first = pixels + (size_t)starts[y] * row_bytes;
    const int32_t *weight = weights + (size_t)y * (size_t)taps;
    uint8_t *row = out + (size_t)y * row_bytes;
    size_t i = 0;
    for (; i + 32 <= row_bytes; i += 32) {
      i32x16 low = (i32x16){0} + (1 << (fraction_bits - 1)), high = low;
      for (int32_t t = 0; t < counts[y]; t++) {
        u8x16 a, b;
        memcpy(&a, first + (size_t)t * row_bytes + i, 16);
        memcpy(&b, first + (size_t)t * row_bytes + i + 16, 16);
        low += __builtin_convertvector(a, i32x16) * weight[t];
        high += __builtin_convertvector(b, i32x16) * weight[t];
      }
      low >>= fraction_bits;
      high >>= fraction_bits;
      low = CLAMPED(low);
      high = CLAMPED(high);
      const u8x16 a = __builtin_convertvector(low, u8x16), b = __builtin_convertvector(high, u8x16);
      memcpy(row + i, &a, 16);
      memcpy(row + i + 16, &b, 16);
    }
    for (; i < row_bytes; i++) {
      int32_t sum = 1 << (fraction_bits - 1);
      for (int32_t t = 0; t < counts[y]; t++) sum += first[(size_t)t * row_bytes + i] * weight[t];
      row[i] = rounded(sum);
    }
  }
}

void zoo_image_normalise(
    const uint8_t *pixels, int32_t width, int32_t height, const float *table, int32_t mirrored,
    float *out) {
  for (int32_t y = 0; y < height; y++) {
    const uint8_t *row = pixels + 3 * (size_t)y * (size_t)width;
    float *target = out + 3 * (size_t)y * (size_t)width;
    for (int32_t x = 0; x < width; x++) {
      const uint8_t *pixel = row + 3 * (mirrored ? width - 1 - x : x);
      target[3 * x] = table[pixel[0]];
      target[3 * x + 1] = table[256 + pixel[1]];
      target[3 * x + 2] = table[512 + pixel[2]];
    }
  }
}
