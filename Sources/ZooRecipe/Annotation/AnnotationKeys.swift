/// The keys of an annotation recipe. `extends` is gone from the merged tree; it is listed for the sake of errors.
enum AnnotationRootKey: String, RecipeKey {
  case extends, input, signals, language, text
  case stopLists = "stop-lists"
  case dictionary, counting, scores, clusters, labels, duplicates, split, sampling, output, truth

  var field: RecipeField {
    switch self {
    case .extends: RecipeRootKey.extends.field
    case .input:
      .required(
        .mapping(AnnotationInputKey.self), "The records.", example: "{format: jsonl, path: captions.jsonl, image: file}")
    case .signals:
      .required(
        .named(.mapping(SignalKey.self)), "The texts of a record by name, each with how much it says; at least one.",
        example: "{title: {weight: 2, trust: 0.8}, queries: {trust: 0.9}}")
    case .language:
      .optional(
        .mapping(LanguageKey.self), otherwise: "any language, not looked at", "Which languages are kept.",
        example: "{field: lang, keep: [en, de]}")
    case .text: .optional(.mapping(TextKey.self), otherwise: "its defaults", "How texts become words and phrases.")
    case .stopLists:
      .optional(
        .list(.path), otherwise: "none", "Files of words that are no term, one a line.", example: "[stop/en.txt]")
    case .dictionary:
      .optional(
        .mapping(DictionaryKey.self), otherwise: "built from the records", "The terms.", example: "{file: terms.csv}")
    case .counting:
      .optional(.mapping(CountingKey.self), otherwise: "its defaults", "What counting may take of memory.")
    case .scores:
      .optional(.mapping(ScoreKey.self), otherwise: "its defaults", "How sure a label must be.", example: "{precision: 0.9}")
    case .clusters: .optional(.mapping(ClusterKey.self), otherwise: "its defaults", "What becomes of rare terms.")
    case .labels: .optional(.mapping(LabelKey.self), otherwise: "its defaults", "Labels of an image.")
    case .duplicates:
      .optional(.mapping(DuplicateKey.self), otherwise: "its defaults", "Which records are the same image.")
    case .split: .optional(.mapping(HeldOutKey.self), otherwise: "its defaults", "Images held out for evaluation.")
    case .sampling: .optional(.mapping(SamplingKey.self), otherwise: "each image once", "How often images are shown.")
    case .output: .optional(.mapping(AnnotationOutputKey.self), otherwise: "its defaults", "What is written.")
    case .truth:
      .optional(
        .mapping(KnownLabelsKey.self), otherwise: "nothing to judge by",
        "Labels that are known to be right, for precision and recall in the report. Not used for anything else.",
        example: "{path: truth.jsonl}")
    }
  }
}

enum AnnotationInputKey: String, RecipeKey {
  case format, path, image, id, url, group, broken
  case recordBytes = "record-bytes"

  var field: RecipeField {
    switch self {
    case .format:
      .required(
        .choice(RecordFormat.self),
        "`jsonl`: an object a line; `csv`: with a header; `webdataset`: tar shards with a `.json` or `.txt` beside each image.",
        example: "jsonl")
    case .path:
      .required(
        .either([.path, .list(.path)]), "The files; `*` and `{000..127}` as for shards.", example: "captions-*.jsonl")
    case .image:
      .standard(.text, "image", "The field of the image's path, seen from the file's folder. Not for `webdataset`.")
    case .id:
      .optional(
        .text, otherwise: "the image's path; of shards the sample's name", "The field by which samples and truth name a record.", example: "pin")
    case .url: .optional(.text, otherwise: "none", "The field of the image's address.", example: "link")
    case .group:
      .optional(
        .text, otherwise: "none", "The field of a group (a board, a user) that the split keeps together.",
        example: "board")
    case .broken:
      .choice(
        RecordPolicy.skip,
        "A record that cannot be read: `skip` names it with file and line and goes on; `error` ends the run.")
    case .recordBytes: .standard(.integer(.within(256, 1 << 26)), 1 << 20, "The longest record; a longer one is broken.")
    }
  }
}

enum SignalKey: String, RecipeKey {
  case field_ = "field"
  case weight, trust, separator

  var field: RecipeField {
    switch self {
    case .field_:
      .optional(
        .text, otherwise: "the signal's name",
        "The field of the record: a text or a list of texts. For shards `txt` is the text file.", example: "alt")
    case .weight: .standard(.number(.within(0, 1000)), 1.0, "Of the signal's words among all.")
    case .trust:
      .standard(.number(.within(0, 1)), 0.5, "How likely one of its terms is right: the prior of the score.")
    case .separator:
      .optional(.text, otherwise: "none", "Splits a text into several, such as search queries.", example: "'|'")
    }
  }
}

enum LanguageKey: String, RecipeKey {
  case field_ = "field"
  case keep, profiles, least
  case ifUnknown = "if-unknown"

  var field: RecipeField {
    switch self {
    case .field_: .optional(.text, otherwise: "none", "The record's field of a language.", example: "lang")
    case .keep:
      .optional(.list(.text), otherwise: "all", "Languages that are kept, as the field or the profiles name them.", example: "[en, de]")
    case .profiles:
      .optional(
        .named(.path), otherwise: "no detection",
        "A text in each language, from which a record's language is told where its field is silent.",
        example: "{en: text/en.txt, de: text/de.txt}")
    case .least: .standard(.number(.within(0, 1)), 0.8, "How sure a detection must be; below it the language is unknown.")
    case .ifUnknown: .standard(.truth, true, "Whether records of unknown language are kept.")
    }
  }
}

enum TextKey: String, RecipeKey {
  case words, tokens
  case shortestWord = "shortest-word"
  case longestWord = "longest-word"
  case signalBytes = "signal-bytes"

  var field: RecipeField {
    switch self {
    case .words: .standard(.integer(.within(1, 6)), 6, "The longest phrase.")
    case .tokens: .standard(.integer(.within(1, 65536)), 512, "Words read of one signal; those behind are left out.")
    case .shortestWord: .standard(.integer(.within(1, 64)), 2, "Letters of the shortest word that is a term alone.")
    case .longestWord: .standard(.integer(.within(1, 255)), 48, "Letters of the longest word; a longer one is no word.")
    case .signalBytes: .standard(.integer(.within(1, 1 << 24)), 16384, "Bytes read of one signal; those behind are left out.")
    }
  }
}

enum DictionaryKey: String, RecipeKey {
  case file, terms, records, nested, cohesion, plurals, spelling
  case largestShare = "largest-share"
  case spellingRatio = "spelling-ratio"

  var field: RecipeField {
    switch self {
    case .file:
      .optional(
        .path, otherwise: "built from the records",
        "A CSV or JSONL file with `term`, and at will `canonical` (the term it is a form of), `language`, and `use`: `label`, or `context` for words that only tell which rare terms are akin.",
        example: "terms.csv")
    case .terms: .standard(.integer(.within(1, 10_000_000)), 100_000, "At most so many terms; the most frequent are kept.")
    case .records: .standard(.integer(.atLeast(1)), 5, "A term of the records must occur in at least so many.")
    case .largestShare: .standard(.number(.upTo(0, 1)), 0.2, "And in at most this share of them.")
    case .nested:
      .optional(
        .truth, otherwise: "`false` with a `file`, else `true`",
        "Whether a term inside a longer one, as `red` in `red wine`, counts too.")
    case .cohesion:
      .standard(
        .number(.within(-1, 1)), 0.4,
        "Normalised pointwise mutual information that a phrase's two halves must have, however it is cut.")
    case .plurals: .standard(.truth, true, "Whether a plural is the same term as its singular (English, German, French, Spanish endings).")
    case .spelling: .standard(.integer(.within(0, 2)), 1, "Letters by which a word may differ from a more frequent one and be its misspelling.")
    case .spellingRatio: .standard(.number(.atLeast(1)), 50.0, "How many times as frequent that other one is.")
    }
  }
}

enum CountingKey: String, RecipeKey {
  case rows, columns, candidates
  case pairsInMemory = "pairs-in-memory"
  case leastPairs = "least-pairs"
  case pairedTerms = "paired-terms"

  var field: RecipeField {
    switch self {
    case .rows: .standard(.integer(.within(1, 16)), 4, "Of the Count-Min sketch: one chance more to be right.")
    case .columns:
      .standard(.integer(.within(1 << 8, 1 << 30)), 1 << 22, "Of the sketch, a power of two: a count is too high by about records·terms/columns.")
    case .candidates: .standard(.integer(.within(16, 50_000_000)), 400_000, "Terms counted exactly, those of the highest estimates.")
    case .pairsInMemory: .standard(.integer(.within(1 << 10, 1 << 30)), 4_000_000, "Pairs of terms counted before they are written out.")
    case .leastPairs: .standard(.integer(.atLeast(1)), 2, "Records that a pair must have to count as one.")
    case .pairedTerms: .standard(.integer(.within(2, 256)), 48, "Terms of a record that are paired with each other; the rarest of more.")
    }
  }
}
