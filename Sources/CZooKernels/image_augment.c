// Pixel loops of augmentations: 8-bit RGB, interleaved.
#include "zoo_image.h"

#include <math.h>
#include <string.h>

static inline uint8_t clamped(float value) { return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)value; }

void zoo_image_lookup(const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    for (size_t c = 0; c < 3; c++) out[3 * i + c] = table[256 * c + pixels[3 * i + c]];
  }
}

void zoo_image_histogram(const uint8_t *pixels, size_t count, int64_t *counts) {
  memset(counts, 0, 768 * sizeof *counts);
  for (size_t i = 0; i < count; i++) {
    for (size_t c = 0; c < 3; c++) counts[256 * c + pixels[3 * i + c]] += 1;
  }
}

// ITU-R 601-2 in 16-bit fixed point, rounded.
static inline uint32_t grey(const uint8_t *pixel) {
  return (19595u * pixel[0] + 38470u * pixel[1] + 7471u * pixel[2] + 0x8000u) >> 16;
}

int64_t zoo_image_grey_sum(const uint8_t *pixels, size_t count) {
  int64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += grey(pixels + 3 * i);
  return sum;
}

void zoo_image_saturate(const uint8_t *pixels, size_t count, float factor, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    const float base = (float)grey(pixels + 3 * i);
    for (size_t c = 0; c < 3; c++) out[3 * i + c] = clamped(base + factor * ((float)pixels[3 * i + c] - base));
  }
}

void zoo_image_sharpen(const uint8_t *pixels, int32_t width, int32_t height, float factor, uint8_t *out) {
  const size_t row = 3 * (size_t)width;
  memcpy(out, pixels, row * (size_t)height);
  for (int32_t y = 1; y + 1 < height; y++) {
    for (size_t i = 3; i + 3 < row; i++) {
      const uint8_t *at = pixels + (size_t)y * row + i;
      const int32_t around = at[-(ptrdiff_t)row - 3] + at[-(ptrdiff_t)row] + at[-(ptrdiff_t)row + 3] + at[-3] + at[3] +
                             at[row - 3] + at[row] + at[row + 3];
      const float smooth = (float)((2 * (around + 5 * at[0]) + 13) / 26);
      out[(size_t)y * row + i] = clamped(smooth + factor * ((float)at[0] - smooth));
    }
  }
}

void zoo_image_turn_hue(const uint8_t *pixels, size_t count, float turns, uint8_t *out) {
  for (size_t i = 0; i < count; i++) {
    const float r = pixels[3 * i], g = pixels[3 * i + 1], b = pixels[3 * i + 2];
    const float most = fmaxf(r, fmaxf(g, b)), least = fminf(r, fminf(g, b)), spread = most - least;
    if (spread == 0) {
      memcpy(out + 3 * i, pixels + 3 * i, 3);
      continue;
    }
    float hue = most == r ? (g - b) / spread : most == g ? 2 + (b - r) / spread : 4 + (r - g) / spread;
    hue = hue / 6 + turns;
    hue = 6 * (hue - floorf(hue));
    const int32_t sector = (int32_t)hue % 6;
    const float part = hue - floorf(hue), up = least + spread * part, down = most - spread * part;
    const float values[6][3] = {{most, up, least},  {down, most, least}, {least, most, up},
                                {least, down, most}, {up, least, most},   {most, least, down}};
    for (size_t c = 0; c < 3; c++) out[3 * i + c] = clamped(values[sector][c] + 0.5f);
  }
}

void zoo_image_affine(
    const uint8_t *pixels, int32_t width, int32_t height, const double *matrix, const uint8_t *fill, uint8_t *out) {
  for (int32_t y = 0; y < height; y++) {
    for (int32_t x = 0; x < width; x++) {
      const double from_x = floor(matrix[0] * (x + 0.5) + matrix[1] * (y + 0.5) + matrix[2]);
      const double from_y = floor(matrix[3] * (x + 0.5) + matrix[4] * (y + 0.5) + matrix[5]);
      const int inside = from_x >= 0 && from_x < width && from_y >= 0 && from_y < height;
      const uint8_t *source = inside ? pixels + 3 * ((size_t)from_y * (size_t)width + (size_t)from_x) : fill;
      memcpy(out + 3 * ((size_t)y * (size_t)width + (size_t)x), source, 3);
    }
  }
}

void zoo_image_fill(
    uint8_t *pixels, int32_t width, int32_t top, int32_t left, int32_t height, int32_t part_width,
    const uint8_t *fill) {
  for (int32_t y = top; y < top + height; y++) {
    for (int32_t x = left; x < left + part_width; x++) {
      memcpy(pixels + 3 * ((size_t)y * (size_t)width + (size_t)x), fill, 3);
    }
  }
}
