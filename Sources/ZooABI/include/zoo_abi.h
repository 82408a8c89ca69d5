/* The zoo plugin ABI: the whole contract between `zoo` and a plugin. C11 and C++17.
 *
 * A plugin is a shared library libzoo-*.so that exports one function, `zoo_plugin_main`, and carries an ELF
 * note which the host reads before any of the plugin's code runs. Rules:
 *  - every call takes the context of the call in progress first; a context, a graph and every pointer
 *    received are valid during that call alone;
 *  - 0 is success, anything else a failure whose text was given to `fail`; `last_error` has the host's
 *    own words;
 *  - text is UTF-8, borrowed for the call; text is handed back with `emit`; nobody frees the other's memory;
 *  - nodes are numbers that the host checks, 0 is none;
 *  - registration happens on one thread; describe, create and build may come from any thread, one call per
 *    context; an instance is used by one thread at a time;
 *  - nothing is ever unloaded.
 * Evolution (ABI.md is the promise): what is shipped is never reordered, removed, retyped or resized. Tables grow at their end with
 * the minor version. Structs passed by value are frozen for the major. An unknown number or name is
 * ZOO_E_UNSUPPORTED. */
#ifndef ZOO_ABI_H
#define ZOO_ABI_H
#include <stddef.h>
#include <stdint.h>

#define ZOO_ABI_MAGIC 0x315a4f4fu /* never changes */
#define ZOO_ABI_MAJOR 1           /* a change breaks every plugin */
#define ZOO_ABI_MINOR 1           /* rises with every release that appends something */
#define ZOO_ABI_NEEDS 0           /* the oldest host minor that plugins of this header work with */

#if defined(__clang__) /* what Swift sees */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#pragma clang assume_nonnull begin
#define ZOO_NULLABLE _Nullable
#define ZOO_NONNULL _Nonnull
#define ZOO_SENDABLE __attribute__((swift_attr("@Sendable")))
#else
#define ZOO_NULLABLE
#define ZOO_NONNULL
#define ZOO_SENDABLE
#endif
/* Growing tables carry the version in their tag: Swift's runtime keeps one metadata record per C struct tag
 * and process, so two sizes under one tag would corrupt memory. */
#define ZOO_TAG_(name, major, minor) name##_##major##_##minor
#define ZOO_TAG__(name, major, minor) ZOO_TAG_(name, major, minor)
#define ZOO_TAG(name) ZOO_TAG__(name, ZOO_ABI_MAJOR, ZOO_ABI_MINOR)
#ifdef __cplusplus
#define ZOO_ASSERT static_assert
extern "C" {
#else
#define ZOO_ASSERT _Static_assert
#endif

/* ---- Values: frozen for the major ------------------------------------------------------------------ */

typedef int32_t zoo_status;
enum {
  ZOO_OK = 0,
  ZOO_E_INVALID = -1,     /* a wrong argument, option or name */
  ZOO_E_UNSUPPORTED = -2, /* a name, kind or number that this side does not know */
  ZOO_E_DUPLICATE = -3,   /* a name that is taken */
  ZOO_E_SHAPE = -4,       /* shapes that do not fit */
  ZOO_E_INTERNAL = -5
};
enum { ZOO_KIND_BACKBONE = 1, ZOO_KIND_HEAD = 2 };
enum { ZOO_PHASE_TRAIN = 0, ZOO_PHASE_EVALUATE = 1, ZOO_PHASE_PREDICT = 2 };
enum { ZOO_F32 = 1, ZOO_F16 = 2, ZOO_BF16 = 3, ZOO_I32 = 4, ZOO_I64 = 5 };
enum { ZOO_ATTR_I64 = 1, ZOO_ATTR_F64 = 2, ZOO_ATTR_STR = 3, ZOO_ATTR_I64S = 4 };
enum { ZOO_LOG_DEBUG = 0, ZOO_LOG_NOTE = 1, ZOO_LOG_WARNING = 2 };

#define ZOO_BATCH (-1)   /* dimension 0 of whatever has one row per example */
#define ZOO_MAX_RANK 8

typedef struct { const char *ZOO_NULLABLE ptr; size_t len; } zoo_str;

typedef uint32_t zoo_node;
typedef struct zoo_graph zoo_graph; /* the host's; valid during build */

/* A named attribute: the field that `type` names is read. */
typedef struct {
  zoo_str name;
  uint32_t type, reserved; /* ZOO_ATTR_*, 0 */
  int64_t i;
  double f;
  zoo_str s;
  const int64_t *ZOO_NULLABLE is;
  size_t n_is;
} zoo_attr;

/* A dense row-major array of the host's, for metric and decode. */
typedef struct {
  zoo_str name;
  uint32_t type, rank;               /* ZOO_F32, ZOO_I32, ... */
  const int64_t *ZOO_NULLABLE dims;  /* `rank` of them; numbers, never ZOO_BATCH */
  const void *ZOO_NULLABLE data;
  size_t count;                      /* elements at `data` */
} zoo_array;

/* Since 1.1. Where an operation of a plugin's own writes: a dense row-major f32 array of the host's. */
typedef struct {
  uint32_t rank, reserved;          /* reserved is 0 */
  const int64_t *ZOO_NULLABLE dims; /* `rank` of them; numbers, never ZOO_BATCH */
  float *ZOO_NULLABLE data;         /* null where nobody needs it */
  size_t count;                     /* elements at `data` */
} zoo_result;

/* ---- Host -> plugin -------------------------------------------------------------------------------- */

typedef struct ZOO_TAG(zoo_host) zoo_host;
typedef struct ZOO_TAG(zoo_component) zoo_component;
typedef struct ZOO_TAG(zoo_operation) zoo_operation;

/* One call in progress: the first argument of everything, both ways. Frozen for ever. */
typedef struct zoo_ctx { const zoo_host *host; } zoo_ctx;

struct ZOO_SENDABLE ZOO_TAG(zoo_host) {
  uint32_t size; /* as the host was compiled */
  uint16_t abi_major, abi_minor;
  zoo_str version; /* of the host, for messages */

  /* Says why the plugin's call fails; returns `code`. */
  zoo_status (*fail)(zoo_ctx *, zoo_status code, zoo_str message);
  /* The text of the last failed host call of this context. */
  zoo_str (*last_error)(zoo_ctx *);
  void (*log)(zoo_ctx *, int32_t level, zoo_str message);
  /* Hands text back; several calls append. */
  void (*emit)(zoo_ctx *, zoo_str text);
  /* In zoo_plugin_main only. The table and its texts are copied. All of a plugin's components or none. */
  zoo_status (*register_component)(zoo_ctx *, const zoo_component *ZOO_NULLABLE);

  /* In build only, from here on.
   * A fact by name: "classes" (labels of a head's task), "phase", "has_target", "target_width",
   * "image_height", "image_width", "image_channels". One that this build does not have is ZOO_E_UNSUPPORTED.
   * */
  zoo_status (*info)(zoo_ctx *, zoo_graph *, zoo_str name, int64_t *ZOO_NULLABLE out);
  /* A head's declared activations by name; a backbone's "image", f32 [batch, height, width, 3]. */
  zoo_status (*input)(zoo_ctx *, zoo_graph *, zoo_str name, zoo_node *ZOO_NULLABLE out);
  /* What a head learns from, only when "has_target" is 1. "class": first i32 [batch], second i32 [batch], mix
   * f32 [batch] (the label is mix * first + (1 - mix) * second); "multi-label": f32 [batch, classes];
   * "vector": f32 [batch, target_width]. */
  zoo_status (*target)(zoo_ctx *, zoo_graph *, zoo_str kind, zoo_node *ZOO_NULLABLE out, size_t n_out);
  /* A trained f32 array. Attributes: init (text, such as "zeros" or "normal(0.02)"; default "zeros"), depth
   * (i64, 0 at the image, rising), decay (i64 0 or 1: whether weight decay applies; default: unless it is a
   * vector). */
  zoo_status (*param)(zoo_ctx *, zoo_graph *, zoo_str name, const int64_t *ZOO_NULLABLE dims, size_t rank,
                      const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs, zoo_node *ZOO_NULLABLE out);
  /* An untrained f32 buffer. Attributes: init (f64, default 0), merge: how the updates of
   * several micro-batches become one: "mean" (default), "sum" (of what each added) or "last". */
  zoo_status (*state)(zoo_ctx *, zoo_graph *, zoo_str name, const int64_t *ZOO_NULLABLE dims, size_t rank,
                      const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs, zoo_node *ZOO_NULLABLE out);
  /* What a state becomes after this pass; of the state's shape. At most once a state. */
  zoo_status (*update)(zoo_ctx *, zoo_graph *, zoo_node state, zoo_node value);
  /* An operation by name, "linear@1" or "linear" for the newest version this host has. The first n_out of its
   * outputs are written; an operation may have more. */
  zoo_status (*op)(zoo_ctx *, zoo_graph *, zoo_str name, const zoo_node *ZOO_NULLABLE in, size_t n_in,
                   const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs, zoo_node *ZOO_NULLABLE out,
                   size_t n_out);
  /* The first `cap` dimensions of a node and its rank. */
  zoo_status (*shape)(zoo_ctx *, zoo_graph *, zoo_node, int64_t *ZOO_NULLABLE dims, size_t cap,
                      size_t *ZOO_NULLABLE rank);
  /* A backbone publishes an activation. Names: [a-z0-9_.-], unique in the build. */
  zoo_status (*activation)(zoo_ctx *, zoo_graph *, zoo_str name, zoo_node);
  /* A head publishes one of its declared outputs. */
  zoo_status (*output)(zoo_ctx *, zoo_graph *, zoo_str name, zoo_node);
  /* A head's loss of each example, f32 [batch]: "" is the main one, others are auxiliary terms. The host
   * masks, weighs and normalises over the whole batch. Ignored where there is no target. */
  zoo_status (*loss)(zoo_ctx *, zoo_graph *, zoo_str name, zoo_node, double weight);

  /* Since 1.1. In zoo_plugin_main only: an operation of the plugin's own, which its components then use by its name
   * in `op`. The table and its texts are copied. */
  zoo_status (*register_operation)(zoo_ctx *, const zoo_operation *ZOO_NULLABLE);
  /* append here; plugins test ZOO_HAS(ctx->host, field) */
};

/* ---- Plugin -> host -------------------------------------------------------------------------------- */

struct ZOO_SENDABLE ZOO_TAG(zoo_component) {
  uint32_t size, kind; /* as the plugin was compiled; ZOO_KIND_* */
  zoo_str name;        /* [a-z0-9-], unique among components of its kind */
  zoo_str summary;     /* one line */
  zoo_str version;
  uint64_t flags;          /* reserved, 0 */
  void *ZOO_NULLABLE type; /* given back below; lives until exit */

  /* Emits {"options": {name: default, ...}, "variants": [{"name": "vit-b16", "options": {...}}, ...],
   * "formats": [{"name": "timm", "options": {...}}, ...]}; formats (may be absent) are those of key_map, each
   * with the options under which the component computes as the format's library does. */
  zoo_status (*describe)(zoo_ctx *, void *ZOO_NULLABLE type);
  /* Options as a JSON object; those not given have their defaults; unknown ones must be refused. */
  zoo_status (*create)(zoo_ctx *, void *ZOO_NULLABLE type, zoo_str options,
                       void *ZOO_NULLABLE *ZOO_NONNULL instance);
  /* Emits, for a backbone, {"image": {"height", "width", "channels", "mean": [3], "std": [3]}, "depth",
   * "features"}; for a head, {"inputs": ["pooled"], "target": "class", "outputs": [{"name": "logits",
   * "reading": "softmax"}], "metrics": ["top-1"], "couples_examples": false}. */
  zoo_status (*declare)(zoo_ctx *, void *ZOO_NULLABLE instance);
  /* Makes the nodes. The same instance may build several graphs; parameters are shared by name. */
  zoo_status (*build)(zoo_ctx *, void *ZOO_NULLABLE instance, zoo_graph *, uint32_t phase);
  void (*destroy)(void *ZOO_NULLABLE instance);

  /* The rest may be null.
   * Emits how a checkpoint format ("timm", "official", "hf") names the parameters:
   * {"entries": [{"parameter": "...", "sources": ["..."], "transform": "identity"}, ...]}. */
  zoo_status (*ZOO_NULLABLE key_map)(zoo_ctx *, void *ZOO_NULLABLE instance, zoo_str format);
  /* Emits how parameters follow another image size ("grid", position embeddings) or patch size ("patch", a kernel):
   * {"parameters": [{"parameter": "pos_embed", "kind": "grid", "prefix": 1}]}. */
  zoo_status (*ZOO_NULLABLE adapt)(zoo_ctx *, void *ZOO_NULLABLE instance);
  /* A metric of its own over a whole evaluation: outputs by name, "target.first" (classes) or
   * "target.labels" (several labels, or numbers), "weight". */
  zoo_status (*ZOO_NULLABLE metric)(zoo_ctx *, void *ZOO_NULLABLE instance, zoo_str name,
                                    const zoo_array *ZOO_NULLABLE arrays, size_t n, double *ZOO_NONNULL out);
  /* Emits a JSON array with one prediction for each row of the outputs given. */
  zoo_status (*ZOO_NULLABLE decode)(zoo_ctx *, void *ZOO_NULLABLE instance,
                                    const zoo_array *ZOO_NULLABLE arrays, size_t n);
  /* append here; what lies past `size` reads as null */
};

/* Since 1.1. An operation over plain arrays, for what the host's operations cannot say. It runs on the CPU in f32, on
 * one thread and unfused. Its functions depend on nothing but their arguments, may be called from any thread, and keep
 * examples apart: row i of what has the batch depends on row i of the inputs alone. */
struct ZOO_SENDABLE ZOO_TAG(zoo_operation) {
  uint32_t size, n_outputs; /* as the plugin was compiled; at least 1 */
  zoo_str name;             /* "arcface/margin@1": [a-z0-9-], a slash, [a-z0-9-], @ and a number */
  zoo_str summary;          /* one line */
  uint64_t flags;           /* reserved, 0 */
  void *ZOO_NULLABLE type;  /* given back below; lives until exit */

  /* The outputs' shapes from the inputs', whose data is null and whose dimension 0 may be ZOO_BATCH. Those of output
   * k are written from dims[k * ZOO_MAX_RANK] on, their number to ranks[k]. */
  zoo_status (*shape)(zoo_ctx *, void *ZOO_NULLABLE type, const zoo_array *ZOO_NULLABLE in, size_t n_in,
                      const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs, int64_t *ZOO_NONNULL dims,
                      size_t *ZOO_NONNULL ranks);
  /* Writes every element of every output. */
  zoo_status (*forward)(zoo_ctx *, void *ZOO_NULLABLE type, const zoo_array *ZOO_NULLABLE in, size_t n_in,
                        const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs, const zoo_result *ZOO_NONNULL out,
                        size_t n_out);
  /* Writes every element of the gradient of each input whose result has data; `out` are the outputs as computed, `d_out`
   * their gradients. May be null: then nothing can be learned through it. */
  zoo_status (*ZOO_NULLABLE backward)(zoo_ctx *, void *ZOO_NULLABLE type, const zoo_array *ZOO_NULLABLE in, size_t n_in,
                                      const zoo_attr *ZOO_NULLABLE attrs, size_t n_attrs,
                                      const zoo_array *ZOO_NONNULL out, const zoo_array *ZOO_NONNULL d_out,
                                      size_t n_out, const zoo_result *ZOO_NONNULL d_in);
  /* append here; what lies past `size` reads as null */
};

/* Whether a table reaches a field and has it. */
#define ZOO_HAS(table, field) \
  ((table)->size >= offsetof(__typeof__(*(table)), field) + sizeof((table)->field) && (table)->field != 0)

/* ---- What a plugin exports ------------------------------------------------------------------------- */

#define ZOO_ENTRY "zoo_plugin_main"
typedef zoo_status (*zoo_entry)(zoo_ctx *);
#if defined(__GNUC__)
#define ZOO_EXPORT __attribute__((visibility("default")))
#else
#define ZOO_EXPORT
#endif

/* Frozen for ever. */
typedef struct {
  uint32_t namesz, descsz, type; /* 4, sizeof(zoo_note) - 16, 1 */
  char name[4];                  /* "zoo" */
  uint32_t magic;
  uint16_t abi_major, abi_needs;
  char built_with[120]; /* for messages */
} zoo_note;

/* Once in a plugin, at file scope; the Swift SDK has it already. */
#define ZOO_PLUGIN_NOTE(sdk)                                                                        \
  __attribute__((section(".note.zoo"), used, aligned(4))) static const zoo_note zoo_plugin_note = { \
      4, sizeof(zoo_note) - 16, 1, "zoo", ZOO_ABI_MAGIC, ZOO_ABI_MAJOR, ZOO_ABI_NEEDS, sdk "; " __VERSION__}

ZOO_ASSERT(sizeof(void *) == 8, "64-bit machines only");
ZOO_ASSERT(sizeof(zoo_str) == 16 && sizeof(zoo_attr) == 72 && sizeof(zoo_array) == 48, "values are frozen");
ZOO_ASSERT(sizeof(zoo_note) == 144 && offsetof(zoo_note, built_with) == 24, "the note is frozen");
ZOO_ASSERT(offsetof(zoo_host, version) == 8 && offsetof(zoo_host, fail) == 24, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, register_component) == 56 && offsetof(zoo_host, info) == 64, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, param) == 88 && offsetof(zoo_host, op) == 112, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, loss) == 144, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, type) == 64 && offsetof(zoo_component, describe) == 72, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, destroy) == 104, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, decode) == 136, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, input) == 72 && offsetof(zoo_host, target) == 80, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, state) == 96 && offsetof(zoo_host, update) == 104, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, shape) == 120 && offsetof(zoo_host, activation) == 128, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, output) == 136 && offsetof(zoo_host, last_error) == 32, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, create) == 80 && offsetof(zoo_component, declare) == 88, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, build) == 96 && offsetof(zoo_component, key_map) == 112, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_component, adapt) == 120 && offsetof(zoo_component, metric) == 128, "1.0 is frozen");
ZOO_ASSERT(offsetof(zoo_host, register_operation) == 152 && sizeof(zoo_result) == 32, "1.1 is frozen");
ZOO_ASSERT(offsetof(zoo_operation, name) == 8 && offsetof(zoo_operation, type) == 48, "1.1 is frozen");
ZOO_ASSERT(offsetof(zoo_operation, shape) == 56 && offsetof(zoo_operation, backward) == 72, "1.1 is frozen");

#ifdef __cplusplus
}
#endif
#if defined(__clang__)
#pragma clang assume_nonnull end
#pragma clang diagnostic pop
#endif
#endif
