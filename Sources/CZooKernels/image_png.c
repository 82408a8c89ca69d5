// PNG through libpng. As for JPEG, longjmp stays inside this file.
#include "zoo_image.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Deflate cannot do better than about 1032 to 1.
enum { max_expansion = 1040 };
enum { max_chunk_bytes = 64 << 20 };

typedef struct png_state {
  png_structp decoder;
  png_infop info;
  png_bytepp rows;
  const uint8_t *bytes;
  size_t left;
  jmp_buf jump;
  zoo_image_result *result;
} png_state;

_Noreturn static void leave(png_state *state, int32_t status, const char *text) {
  state->result->status = status;
  if (state->result->text_capacity > 0) {
    snprintf(state->result->text, state->result->text_capacity, "%s", text);
  }
  longjmp(state->jump, 1);
}

_Noreturn static void on_error(png_structp decoder, png_const_charp text) {
  leave(png_get_error_ptr(decoder), ZOO_IMAGE_BROKEN, text);
}

static void on_warning(png_structp decoder, png_const_charp text) {
  (void)decoder;
  (void)text;
}

static void on_read(png_structp decoder, png_bytep target, size_t count) {
  png_state *state = png_get_io_ptr(decoder);
  if (count > state->left) leave(state, ZOO_IMAGE_CUT_SHORT, "");
  memcpy(target, state->bytes, count);
  state->bytes += count;
  state->left -= count;
}

static void read_header(png_state *state, size_t size) {
  state->decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, state, on_error, on_warning);
  if (state->decoder == NULL) leave(state, ZOO_IMAGE_BROKEN, "libpng cannot start");
  state->info = png_create_info_struct(state->decoder);
  if (state->info == NULL) leave(state, ZOO_IMAGE_BROKEN, "out of memory");
  png_set_read_fn(state->decoder, state, on_read);
  // The side limit is checked below, so that it is told apart from a broken header.
  png_set_user_limits(state->decoder, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(state->decoder, max_chunk_bytes);
  // Texts, profiles and the like: libpng would inflate and keep each of them, up to a thousand.
  png_set_keep_unknown_chunks(state->decoder, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(state->decoder, state->info);
  const uint64_t width = png_get_image_width(state->decoder, state->info);
  const uint64_t height = png_get_image_height(state->decoder, state->info);
  state->result->width = (int32_t)width;
  state->result->height = (int32_t)height;
  if (width > ZOO_IMAGE_MAX_SIDE || height > ZOO_IMAGE_MAX_SIDE ||
      width * height > ZOO_IMAGE_MAX_PIXELS) {
    leave(state, ZOO_IMAGE_TOO_LARGE, "");
  }
  if (png_get_rowbytes(state->decoder, state->info) * height > (uint64_t)size * max_expansion) {
    leave(state, ZOO_IMAGE_CUT_SHORT, "");
  }
}

static void read_pixels(png_state *state, uint8_t *pixels, size_t capacity) {
  png_structp decoder = state->decoder;
  const png_byte kind = png_get_color_type(decoder, state->info);
  if (png_get_bit_depth(decoder, state->info) == 16) png_set_strip_16(decoder);
  if (kind == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(decoder);
  if (kind == PNG_COLOR_TYPE_GRAY || kind == PNG_COLOR_TYPE_GRAY_ALPHA) {
    png_set_expand_gray_1_2_4_to_8(decoder);
    png_set_gray_to_rgb(decoder);
  }
  png_set_strip_alpha(decoder);
  png_set_interlace_handling(decoder);
  png_read_update_info(decoder, state->info);
  const size_t height = png_get_image_height(decoder, state->info);
  const size_t row_bytes = 3 * (size_t)png_get_image_width(decoder, state->info);
  if (png_get_rowbytes(decoder, state->info) != row_bytes || row_bytes * height > capacity) {
    leave(state, ZOO_IMAGE_UNSUPPORTED, "its pixels do not come out as RGB");
  }
  state->rows = malloc(height * sizeof *state->rows);
  if (state->rows == NULL) leave(state, ZOO_IMAGE_BROKEN, "out of memory");
  for (size_t y = 0; y < height; y++) state->rows[y] = pixels + y * row_bytes;
  png_read_image(decoder, state->rows);
}

static void open_decoder(
    png_state *state, const uint8_t *bytes, size_t size, zoo_image_result *result) {
  memset(state, 0, sizeof *state);
  state->bytes = bytes;
  state->left = size;
  state->result = result;
  result->status = ZOO_IMAGE_OK;
}

static void close_decoder(png_state *state) {
  free(state->rows);
  if (state->decoder != NULL) png_destroy_read_struct(&state->decoder, &state->info, NULL);
}

void zoo_png_header(const uint8_t *bytes, size_t size, zoo_image_result *result) {
  png_state state;
  open_decoder(&state, bytes, size, result);
  if (setjmp(state.jump) == 0) read_header(&state, size);
  close_decoder(&state);
}

void zoo_png_decode(
    const uint8_t *bytes, size_t size, uint8_t *pixels, size_t capacity, zoo_image_result *result) {
  png_state state;
  open_decoder(&state, bytes, size, result);
  if (setjmp(state.jump) == 0) {
    read_header(&state, size);
    read_pixels(&state, pixels, capacity);
  }
  close_decoder(&state);
}
