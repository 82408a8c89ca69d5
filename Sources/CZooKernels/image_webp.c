// WebP through libwebp, opened on first use: the library is small, but a machine without it can do all else.
#include "zoo_image.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

static struct {
  int (*info)(const uint8_t *data, size_t size, int *width, int *height);
  uint8_t *(*decode)(const uint8_t *data, size_t size, uint8_t *out, size_t capacity, int stride);
} webp;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *library = dlopen("libwebp.so.7", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return;
  *(void **)&webp.info = dlsym(library, "WebPGetInfo");
  *(void **)&webp.decode = dlsym(library, "WebPDecodeRGBInto");
}

static void fail(zoo_image_result *result, int32_t status, const char *text) {
  result->status = status;
  if (result->text_capacity > 0) snprintf(result->text, result->text_capacity, "%s", text);
}

// The size that the file's first chunk claims for the whole of it.
static int is_cut_short(const uint8_t *bytes, size_t size) {
  if (size < 12) return 1;
  const uint64_t claimed = (uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 | (uint64_t)bytes[6] << 16 |
                           (uint64_t)bytes[7] << 24;
  return claimed + 8 > size;
}

void zoo_webp_header(const uint8_t *bytes, size_t size, zoo_image_result *result) {
  result->status = ZOO_IMAGE_OK;
  pthread_once(&once, load);
  if (webp.info == NULL || webp.decode == NULL) {
    fail(result, ZOO_IMAGE_UNSUPPORTED, "libwebp is not installed (Debian package libwebp7)");
    return;
  }
  int width = 0, height = 0;
  if (!webp.info(bytes, size, &width, &height)) {
    fail(result, is_cut_short(bytes, size) ? ZOO_IMAGE_CUT_SHORT : ZOO_IMAGE_BROKEN, "its header makes no sense");
    return;
  }
  result->width = width;
  result->height = height;
  // The format's own limit is 16383 a side, within ours; its pixels may still be too many.
  if ((uint64_t)width * (uint64_t)height > ZOO_IMAGE_MAX_PIXELS) fail(result, ZOO_IMAGE_TOO_LARGE, "");
}

void zoo_webp_decode(
    const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, zoo_image_result *result) {
  zoo_webp_header(bytes, size, result);
  if (result->status != ZOO_IMAGE_OK) return;
  // Decoding of a file that is cut short may succeed with what there is.
  if (is_cut_short(bytes, size)) {
    fail(result, ZOO_IMAGE_CUT_SHORT, "");
    return;
  }
  const size_t row_bytes = 3 * (size_t)result->width;
  if (row_bytes * (size_t)result->height > capacity) {
    fail(result, ZOO_IMAGE_BROKEN, "its size changed while it was read");
    return;
  }
  if (webp.decode(bytes, size, pixels, capacity, (int)row_bytes) == NULL) {
    fail(result, ZOO_IMAGE_BROKEN, "its pixels do not decode (or it is animated)");
  }
}
