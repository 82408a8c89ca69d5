enum DataKey: String, CaseIterable {
  case format, path, x, labels, classes, label, kind, image, weight, groups, split, broken
  case limitPerClass = "limit-per-class"
  case subsetSeed = "subset-seed"

  static let ofTensors: [DataKey] = [.x, .labels]
  static let ofTables: [DataKey] = [.label, .kind, .image, .weight, .groups]
}

extension DataKey: RecipeKey {
  private static let tables = "`csv`, `jsonl` and `webdataset`"

  var field: RecipeField {
    switch self {
    case .format:
      .required(
        .choice(DataFormat.self),
        "`folder`, `tar`: of class folders; `csv`, `jsonl`: a file of paths and labels; `webdataset`: tar shards of "
          + "samples; `tensors`: arrays; `annotations`: what `zoo annotate` wrote.",
        example: "folder")
    case .path:
      .optional(
        .path, otherwise: "all but `tensors` need it",
        "The folder or file; for `webdataset` a pattern with `*` or `{000..127}`.", example: "images/train")
    case .x:
      .optional(
        .path, otherwise: "only for `tensors`, which needs it",
        "`.npy` [N, 3, H, W]: float32, already normalised, or uint8, an image as any other.", example: "x.npy")
    case .labels:
      .optional(
        .path, otherwise: "only for `tensors`, which needs it",
        "`.npy` [N]: whole numbers from 0, -1 where the label is missing; or [N, K]: whole numbers, labels of which any "
          + "number may be 1 (-1: not known), or float32, vectors, and for a multi-label head labels of 0 to 1 (NaN: not "
          + "known). [N] of float32 is a number each.",
        example: "labels.npy")
    case .classes:
      .optional(
        .either([.integer(.atLeast(1)), .list(.text)]), otherwise: "those found; `tensors` needs it",
        "How many classes there are, or their names. Not for `folder` and `tar`.", example: "10")
    case .label:
      .optional(
        .text, otherwise: "`label`, `class`, `cls`, or the only column that is nothing else",
        "The column of labels, for \(Self.tables). `annotations` have `labels`, and the surest of them as `label`, which is "
          + "what heads of classes take.", example: "colour")
    case .kind:
      .optional(
        .choice(LabelKind.self), otherwise: "told from the values",
        "What that column holds: one class, any number of labels (`a;b` in CSV), or numbers (`1;2.5` in CSV).",
        example: "multi-label")
    case .image:
      .optional(
        .text, otherwise: "`image`, `path`, `file`, `filename` or `file_name`",
        "The column of the images' paths, seen from the manifest's folder; for `csv` and `jsonl`.", example: "photo")
    case .weight:
      .optional(
        .text, otherwise: "`weight`, where there is one", "The column of the examples' weights in loss and metrics.",
        example: "confidence")
    case .groups:
      .optional(
        .list(.text), otherwise: "none", "Columns that name a group for each example: metrics are told by group.",
        example: "[tone]")
    case .split:
      .optional(
        .mapping(SplitKey.self), otherwise: "all examples; of `annotations` those of `{column: part, value: train}`",
        "A part of them. Images that annotations hold out are `{column: part, value: held-out}`.", example: "{fraction: 0.9}")
    case .broken:
      .choice(
        RecipeDefaults.broken,
        "An image that cannot be read: `error` ends the run; `skip` names it, and it counts for nothing.")
    case .limitPerClass:
      .optional(.integer(.atLeast(1)), otherwise: "all", "At most so many examples of each class.", example: "5")
    case .subsetSeed:
      .standard(.integer(.atLeast(0)), RecipeDefaults.subsetSeed, "Which examples `limit-per-class` draws.")
    }
  }
}

enum SplitKey: String, RecipeKey {
  case fraction, file, column, value, part, seed

  var field: RecipeField {
    switch self {
    case .fraction:
      .optional(
        .number(.upTo(0, 1)), otherwise: "`file` or `column` must be there",
        "Of the examples, and of each class, that is for training; drawn at random.", example: "0.9")
    case .file:
      .optional(
        .path, otherwise: "`fraction` or `column` must be there",
        "A text file that names the training examples, one a line.",
        example: "train.txt")
    case .column:
      .optional(
        .text, otherwise: "`fraction` or `file` must be there", "A column that says which part an example belongs to.",
        example: "split")
    case .value:
      .optional(.text, otherwise: "only for `column`, which needs it", "The part's value there.", example: "train")
    case .part: .choice(RecipeDefaults.splitPart, "For `fraction` and `file`: the training examples or the others.")
    case .seed: .standard(.integer(.atLeast(0)), RecipeDefaults.splitSeed, "Which examples `fraction` draws.")
    }
  }
}
