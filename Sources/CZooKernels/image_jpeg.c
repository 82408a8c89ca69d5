// JPEG through libjpeg(-turbo). Its errors leave by longjmp, which never crosses into Swift: every entry
// point sets its own jump target and destroys the decoder on both ways out.
#include "zoo_image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

// A progressive file may hold any number of scans, each of which costs a pass over the image.
enum { max_scans = 500 };
// Over all scans, read or skipped; a large image has fewer than thirty.
static const uint64_t max_scan_pixels = 10000000000;
// A block of 64 pixels takes at least a bit in any real file, so far fewer bytes than this are a bomb.
enum { max_pixels_per_byte = 2048 };
static const long max_decoder_memory = 2L << 30;

typedef struct jpeg_state {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf jump;
  zoo_image_result *result;
} jpeg_state;

_Noreturn static void leave(jpeg_state *state, int32_t status, const char *text) {
  state->result->status = status;
  if (state->result->text_capacity > 0) {
    snprintf(state->result->text, state->result->text_capacity, "%s", text);
  }
  longjmp(state->jump, 1);
}

static void on_error(j_common_ptr common) {
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  jpeg_state *state = common->client_data;
  leave(state, ZOO_IMAGE_BROKEN, text);
}

static void on_message(j_common_ptr common, int level) {
  (void)common;
  (void)level;
}

static void on_print(j_common_ptr common) { (void)common; }

static void on_progress(j_common_ptr common) {
  jpeg_state *state = common->client_data;
  if (state->decoder.input_scan_number > max_scans) {
    leave(state, ZOO_IMAGE_BROKEN, "more than 500 scans");
  }
  const uint64_t pixels = (uint64_t)state->decoder.image_width * state->decoder.image_height;
  if (state->decoder.input_scan_number * pixels > max_scan_pixels) {
    leave(state, ZOO_IMAGE_BROKEN, "too many scans for its size");
  }
}

static void source_start(j_decompress_ptr decoder) { (void)decoder; }

static boolean source_fill(j_decompress_ptr decoder) {
  leave(decoder->client_data, ZOO_IMAGE_CUT_SHORT, "");
}

static void source_skip(j_decompress_ptr decoder, long count) {
  if (count <= 0) return;
  if ((size_t)count > decoder->src->bytes_in_buffer) {
    leave(decoder->client_data, ZOO_IMAGE_CUT_SHORT, "");
  }
  decoder->src->next_input_byte += count;
  decoder->src->bytes_in_buffer -= (size_t)count;
}

static void open_decoder(
    jpeg_state *state, const uint8_t *bytes, size_t size, zoo_image_result *result) {
  memset(state, 0, sizeof *state);
  state->result = result;
  result->status = ZOO_IMAGE_OK;
  state->decoder.err = jpeg_std_error(&state->errors);
  state->errors.error_exit = on_error;
  state->errors.emit_message = on_message;
  state->errors.output_message = on_print;
  state->source.init_source = source_start;
  state->source.fill_input_buffer = source_fill;
  state->source.skip_input_data = source_skip;
  state->source.resync_to_restart = jpeg_resync_to_restart;
  state->source.term_source = source_start;
  state->source.next_input_byte = bytes;
  state->source.bytes_in_buffer = size;
  state->progress.progress_monitor = on_progress;
}

static void read_header(jpeg_state *state, size_t size) {
  j_decompress_ptr decoder = &state->decoder;
  jpeg_create_decompress(decoder);
  decoder->client_data = state;
  decoder->src = &state->source;
  decoder->progress = &state->progress;
  decoder->mem->max_memory_to_use = max_decoder_memory;
  jpeg_read_header(decoder, TRUE);
  const uint64_t width = decoder->image_width, height = decoder->image_height;
  state->result->width = (int32_t)width;
  state->result->height = (int32_t)height;
  if (width > ZOO_IMAGE_MAX_SIDE || height > ZOO_IMAGE_MAX_SIDE ||
      width * height > ZOO_IMAGE_MAX_PIXELS) {
    leave(state, ZOO_IMAGE_TOO_LARGE, "");
  }
  if (width * height > (uint64_t)size * max_pixels_per_byte) {
    leave(state, ZOO_IMAGE_CUT_SHORT, "");
  }
}

// Four channels are stored inverted by everything that writes them (the Adobe convention).
static void rgb_of_inverted_cmyk(const uint8_t *cmyk, uint8_t *rgb, uint32_t width) {
  for (uint32_t x = 0; x < width; x++) {
    const uint32_t light = cmyk[4 * x + 3];
    for (uint32_t c = 0; c < 3; c++) {
      // light - round(ink * light / 255), where ink = 255 - stored.
      const uint32_t product = (255u - cmyk[4 * x + c]) * light + 128;
      rgb[3 * x + c] = (uint8_t)(light - ((product + (product >> 8)) >> 8));
    }
  }
}

static void read_pixels(jpeg_state *state, int32_t reduction, uint8_t *pixels, size_t capacity) {
  j_decompress_ptr decoder = &state->decoder;
  switch (decoder->jpeg_color_space) {
    case JCS_GRAYSCALE:
    case JCS_YCbCr:
    case JCS_RGB:
      decoder->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      decoder->out_color_space = JCS_CMYK;
      break;
    default:
      leave(state, ZOO_IMAGE_UNSUPPORTED, "its colour space is unknown");
  }
  decoder->dct_method = JDCT_ISLOW;
  decoder->do_fancy_upsampling = TRUE;
  decoder->scale_num = 1;
  decoder->scale_denom = (unsigned)reduction;
  jpeg_start_decompress(decoder);
  const size_t row_bytes = 3 * (size_t)decoder->output_width;
  if (row_bytes * decoder->output_height > capacity) {
    leave(state, ZOO_IMAGE_BROKEN, "its size changed while it was read");
  }
  const int inverted = decoder->out_color_space == JCS_CMYK;
  JSAMPARRAY line = NULL;
  if (inverted) {
    line = decoder->mem->alloc_sarray(
        (j_common_ptr)decoder, JPOOL_IMAGE, 4 * decoder->output_width, 1);
  }
  while (decoder->output_scanline < decoder->output_height) {
    uint8_t *row = pixels + row_bytes * decoder->output_scanline;
    JSAMPROW target = inverted ? line[0] : row;
    if (jpeg_read_scanlines(decoder, &target, 1) != 1) leave(state, ZOO_IMAGE_CUT_SHORT, "");
    if (inverted) rgb_of_inverted_cmyk(line[0], row, decoder->output_width);
  }
}

void zoo_jpeg_header(const uint8_t *bytes, size_t size, zoo_image_result *result) {
  jpeg_state state;
  open_decoder(&state, bytes, size, result);
  if (setjmp(state.jump) == 0) read_header(&state, size);
  jpeg_destroy_decompress(&state.decoder);
}

void zoo_jpeg_decode(
    const uint8_t *bytes, size_t size, int32_t reduction, uint8_t *pixels, size_t capacity, zoo_image_result *result) {
  jpeg_state state;
  open_decoder(&state, bytes, size, result);
  if (setjmp(state.jump) == 0) {
    read_header(&state, size);
    read_pixels(&state, reduction, pixels, capacity);
  }
  jpeg_destroy_decompress(&state.decoder);
}
