enum StudyKey: String, RecipeKey {
  case title, upstream, downstream, axes, plot

  var field: RecipeField {
    switch self {
    case .title: .required(.text, "What is asked.", example: "Does normalisation matter at small batches?")
    case .upstream:
      .optional(
        .mapping(StudyUpstreamKey.self), otherwise: "the downstream recipe's own model",
        "What is trained first, once for each combination that differs in it.")
    case .downstream:
      .required(
        .mapping(StudyDownstreamKey.self), "What is learnt from few labels with each upstream model.",
        example: "{recipe: ../digits.yaml}")
    case .axes:
      .required(
        .named(.list(.mapping(StudyVariantKey.self))), "What is varied; every combination is a row of the table.",
        example: "{batch: [{name: small, upstream: [train.batch=8]}, {name: large}]}")
    case .plot: .optional(.mapping(StudyPlotKey.self), otherwise: "no plot", "The plot.")
    }
  }
}

enum StudyUpstreamKey: String, RecipeKey {
  case recipe, set

  var field: RecipeField {
    switch self {
    case .recipe: .required(.path, "A recipe that trains a model.", example: "../pretrain-glyphs.yaml")
    case .set: .optional(.list(.text), otherwise: "none", "Settings for all of them.", example: "[train.steps=500]")
    }
  }
}

enum StudyDownstreamKey: String, RecipeKey {
  case recipe, set, shots, subsets

  var field: RecipeField {
    switch self {
    case .recipe: .required(.path, "A recipe with one task and data to evaluate on.", example: "../digits.yaml")
    case .set: .optional(.list(.text), otherwise: "none", "Settings for all of them.", example: "[train.steps=50]")
    case .shots:
      .standard(.list(.integer(.within(1, 100_000))), "[5]", "Labelled examples of each class.", example: "[1, 5, 10]")
    case .subsets: .standard(.integer(.within(1, 1000)), 5, "Random subsets; the median is taken.")
    }
  }
}

enum StudyVariantKey: String, RecipeKey {
  case name, value, upstream, downstream, search

  var field: RecipeField {
    switch self {
    case .name: .required(.text, "Its name in the table.", example: "small")
    case .value:
      .optional(.integer(.within(0, 1 << 40)), otherwise: "none", "Its place on the plot's axis.", example: "8")
    case .upstream:
      .optional(.list(.text), otherwise: "none", "Settings of the upstream recipe.", example: "[train.batch=8]")
    case .downstream:
      .optional(.list(.text), otherwise: "none", "Settings of the downstream recipe.", example: "[train.rule=bit-hyperrule]")
    case .search:
      .optional(
        .mapping(StudySearchKey.self), otherwise: "no search",
        "Chooses settings for each subset: the best of random trials on a held-out part of it, then trained on all of it.")
    }
  }
}

enum StudySearchKey: String, RecipeKey {
  case trials, seed, over
  case holdOut = "hold-out"

  var field: RecipeField {
    switch self {
    case .trials: .standard(.integer(.within(1, 10_000)), 20, "How many are tried.")
    case .seed: .standard(.integer(.within(0, 1 << 40)), 0, "Of the trials and of what is held out.")
    case .over:
      .required(
        .list(.mapping(StudyRangeKey.self)), "What is drawn for each trial.",
        example: "[{key: train.optimizer.rate, low: 0.001, high: 0.1}]")
    case .holdOut: .standard(.number(.below(0, 1)), 0.2, "The share of each class that trials are judged on, at least one.")
    }
  }
}

enum StudyRangeKey: String, RecipeKey {
  case key, low, high, values

  var field: RecipeField {
    switch self {
    case .key: .optional(.text, otherwise: "from values", "A number of the recipe.", example: "train.optimizer.rate")
    case .low: .optional(.number(.above(0)), otherwise: "from values", "Its smallest; drawn evenly in its logarithm.", example: "0.001")
    case .high: .optional(.number(.above(0)), otherwise: "from values", "Its largest.", example: "0.1")
    case .values:
      .optional(
        .list(.text), otherwise: "a range", "Settings of which one is drawn.", example: "[train.steps=50, train.steps=100]")
    }
  }
}

enum StudyPlotKey: String, RecipeKey {
  case x, curves, shots

  var field: RecipeField {
    switch self {
    case .x: .required(.text, "The axis whose values lie along the plot.", example: "batch")
    case .curves: .optional(.text, otherwise: "one curve", "The axis that has a curve for each variant.", example: "norm")
    case .shots: .optional(.integer(.within(1, 100_000)), otherwise: "the most", "Which number of labels.", example: "5")
    }
  }
}
