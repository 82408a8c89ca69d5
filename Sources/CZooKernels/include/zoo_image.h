// Image decoding and resampling for the data room. Pixels are 8-bit RGB, interleaved, rows packed.
#ifndef ZOO_IMAGE_H
#define ZOO_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Largest side, and largest number of pixels, that is decoded.
#define ZOO_IMAGE_MAX_SIDE 65500
#define ZOO_IMAGE_MAX_PIXELS 300000000

enum {
  ZOO_IMAGE_OK = 0,
  ZOO_IMAGE_CUT_SHORT = 1,
  ZOO_IMAGE_BROKEN = 2,
  ZOO_IMAGE_TOO_LARGE = 3,
  ZOO_IMAGE_UNSUPPORTED = 4
};

// What a decoder found. On failure `text` holds the library's own words, NUL-terminated, possibly empty.
typedef struct zoo_image_result {
  int32_t status;
  int32_t width, height;
  char *text;
  size_t text_capacity;
} zoo_image_result;

// Read the header only: fills width and height as stored (before any rotation).
void zoo_jpeg_header(const uint8_t *bytes, size_t size, zoo_image_result *result);
void zoo_png_header(const uint8_t *bytes, size_t size, zoo_image_result *result);
void zoo_webp_header(const uint8_t *bytes, size_t size, zoo_image_result *result);

// Decode to RGB. `pixels` holds `capacity` bytes, at least 3 * width * height of the header. A JPEG may be decoded
// smaller, by `reduction` 1, 2, 4 or 8: each side divided by it, rounded up.
void zoo_jpeg_decode(
    const uint8_t *bytes, size_t size, int32_t reduction, uint8_t *pixels, size_t capacity, zoo_image_result *result);
void zoo_webp_decode(
    const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, zoo_image_result *result);
void zoo_png_decode(
    const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, zoo_image_result *result);

// Turn an image upright: `orientation` is the EXIF value 1...8; `out` has the sides swapped for 5...8.
void zoo_image_orient(
    const uint8_t *pixels, int32_t width, int32_t height, int32_t orientation, uint8_t *out);

// One pass of a separable resampling with fixed-point weights of 22 fractional bits. Output element i is
// the sum over t < counts[i] of weights[i * taps + t] * input[starts[i] + t], rounded and clamped.
// Horizontal: `scratch` holds 16 * width bytes.
void zoo_resample_horizontal(
    const uint8_t *pixels, int32_t width, int32_t height, uint8_t *out, int32_t out_width,
    const int32_t *starts, const int32_t *counts, const int32_t *weights, int32_t taps,
    uint8_t *scratch);
void zoo_resample_vertical(
    const uint8_t *pixels, int32_t width, uint8_t *out, int32_t out_height, const int32_t *starts,
    const int32_t *counts, const int32_t *weights, int32_t taps);

// Channel c of value v becomes table[256 * c + v]; with `mirrored`, the pixels of each row are reversed.
void zoo_image_normalise(
    const uint8_t *pixels, int32_t width, int32_t height, const float *table, int32_t mirrored,
    float *out);

// Augmentations. `count` is a number of pixels; `out` may not overlap `pixels`. Results are cut off (not rounded) to
// whole numbers in 0...255, as Pillow's are.

// Channel c of value v becomes table[256 * c + v].
void zoo_image_lookup(const uint8_t *pixels, size_t count, const uint8_t *table, uint8_t *out);
// counts[256 * c + v]: how many pixels have v in channel c.
void zoo_image_histogram(const uint8_t *pixels, size_t count, int64_t *counts);
// Sum over pixels of the rounded luma (0.299 r + 0.587 g + 0.114 b).
int64_t zoo_image_grey_sum(const uint8_t *pixels, size_t count);
// luma + factor * (value - luma).
void zoo_image_saturate(const uint8_t *pixels, size_t count, float factor, uint8_t *out);
// smooth + factor * (value - smooth), where smooth weighs 3 x 3 pixels by 1 and the middle one by 5; the border stays.
void zoo_image_sharpen(const uint8_t *pixels, int32_t width, int32_t height, float factor, uint8_t *out);
// The hue of HSV turned by `turns` of a circle, rounded.
void zoo_image_turn_hue(const uint8_t *pixels, size_t count, float turns, uint8_t *out);
// Pixel (x, y), centres at half-integers, takes the nearest one at matrix * (x, y, 1) (2 x 3, row-major), or `fill`.
void zoo_image_affine(
    const uint8_t *pixels, int32_t width, int32_t height, const double *matrix, const uint8_t *fill, uint8_t *out);
// One colour over a part, in place.
void zoo_image_fill(
    uint8_t *pixels, int32_t width, int32_t top, int32_t left, int32_t height, int32_t part_width,
    const uint8_t *fill);

#ifdef __cplusplus
}
#endif

#endif
