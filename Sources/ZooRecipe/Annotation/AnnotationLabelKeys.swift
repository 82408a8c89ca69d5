enum ScoreKey: String, RecipeKey {
  case source
  case tfIdf = "tf-idf"
  case agreement, similarity, company, support, contradiction, bias, threshold, sample, precision

  var field: RecipeField {
    switch self {
    case .source: weight(AnnotationDefaults.scoreWeights[0], "Weight of the signals' trust.")
    case .tfIdf: weight(AnnotationDefaults.scoreWeights[1], "Weight of TF-IDF.")
    case .agreement: weight(AnnotationDefaults.scoreWeights[2], "Weight of other signals that say the same.")
    case .similarity: weight(AnnotationDefaults.scoreWeights[3], "Weight of the similarity to the record's other terms.")
    case .company: weight(AnnotationDefaults.scoreWeights[4], "Weight of how often the record's other terms are with it.")
    case .support: weight(AnnotationDefaults.scoreWeights[5], "Weight of the one of them that speaks most for it.")
    case .contradiction: weight(AnnotationDefaults.scoreWeights[6], "Weight of the one that speaks most against it.")
    case .bias: weight(AnnotationDefaults.scoreWeights[7], "Added to all.")
    case .threshold:
      .standard(
        .number(.within(0, 1)), AnnotationDefaults.threshold,
        "The least score of a label, where no precision is asked for.")
    case .sample:
      .optional(
        .mapping(KnownLabelsKey.self), otherwise: "the weights above",
        "Records whose labels somebody judged: the weights are fitted to them.", example: "{path: judged.jsonl}")
    case .precision:
      .optional(
        .number(.within(0, 1)), otherwise: "with a sample, the threshold of the best F1",
        "The precision that labels of the sample must have: the threshold is the lowest that reaches it.",
        example: "0.9")
    }
  }

  private func weight(_ standard: Double, _ meaning: String) -> RecipeField {
    .standard(.number(.within(-100, 100)), standard, meaning)
  }
}

enum KnownLabelsKey: String, RecipeKey {
  case path, id, labels

  var field: RecipeField {
    switch self {
    case .path: .required(.path, "A CSV or JSONL file: a record and its labels.", example: "judged.jsonl")
    case .id: .standard(.text, "id", "Its field of records, which holds what `input.id` does.")
    case .labels: .standard(.text, "labels", "Its field of labels: a list of terms, or `a;b` in CSV.")
    }
  }
}

enum ClusterKey: String, RecipeKey {
  case method
  case headRecords = "head-records"
  case headTerms = "head-terms"
  case clusters, linkage, batch, dimensions, embeddings
  case imageShare = "image-share"
  case seed

  var field: RecipeField {
    switch self {
    case .method:
      .choice(
        ClusterMethod.kMeans,
        "How rare terms are grouped by the company they keep: `k-means`; `mini-batch`, the same for very many; "
          + "`agglomerative`, pair by pair; `none` drops them.")
    case .linkage: .choice(ClusterLinkage.average, "For `agglomerative`: how near two clusters are.")
    case .batch: .standard(.integer(.within(16, 1 << 20)), 1024, "For `mini-batch`: terms in a step.")
    case .headRecords:
      .standard(.integer(.atLeast(1)), 100, "A term of at least so many records is a class of its own.")
    case .headTerms: .standard(.integer(.within(1, 10_000_000)), 50_000, "At most so many are; the most frequent.")
    case .clusters:
      .optional(.integer(.within(1, 1_000_000)), otherwise: "a tenth of the rare terms", "Of rare terms.", example: "500")
    case .dimensions: .standard(.integer(.within(1, 1024)), 64, "Of the terms' vectors.")
    case .embeddings:
      .optional(
        .path, otherwise: "terms are known by their company alone",
        "Vectors of images, as `zoo embed` writes them: `.npy` [N, D] and beside it a `.jsonl` with the `id` of each row. A term "
          + "is then also the mean of its images'.", example: "embeddings.npy")
    case .imageShare:
      .standard(.number(.within(0, 1)), 0.5, "With `embeddings`: their share of a term's vector, by squared length.")
    case .seed: .standard(.integer(.atLeast(0)), 0, "Of the clusters' beginnings.")
    }
  }
}

enum LabelKey: String, RecipeKey {
  case perImage = "per-image"
  case leastImages = "least-images"
  case keepBest = "keep-best"

  var field: RecipeField {
    switch self {
    case .perImage: .standard(.integer(.within(1, 256)), 12, "At most so many labels of an image; the best.")
    case .leastImages: .standard(.integer(.atLeast(1)), 1, "A label must have so many images, or it is left out.")
    case .keepBest:
      .standard(
        .truth, false, "Whether an image whose labels all fall short of the threshold keeps the best of them.")
    }
  }
}

enum DuplicateKey: String, RecipeKey {
  case id, url, text, image, distance, remove

  var field: RecipeField {
    switch self {
    case .id: .standard(.truth, true, "Records of the same id are the same.")
    case .url: .standard(.truth, true, "Records of the same address are the same.")
    case .text: .standard(.truth, false, "Records of the same words in every signal are the same.")
    case .image:
      .choice(
        SameImages.none,
        "Records of the same image are the same, by its bytes, or by a perceptual hash too; every image is read for it, and "
          + "decoded for the latter.")
    case .distance:
      .standard(.integer(.within(0, 8)), 4, "For `perceptual`: bits of 64 that hashes of the same image may differ in.")
    case .remove: .standard(.truth, true, "Whether only the first stays; else they are only kept on one side of the split.")
    }
  }
}

enum HeldOutKey: String, RecipeKey {
  case heldOut = "held-out"
  case seed

  var field: RecipeField {
    switch self {
    case .heldOut: .standard(.number(.within(0, 0.9)), 0.05, "Share of the groups that is held out.")
    case .seed: .standard(.integer(.atLeast(0)), 0, "Which ones.")
    }
  }
}

enum SamplingKey: String, RecipeKey {
  case method, share, cap, most, seed

  var field: RecipeField {
    switch self {
    case .method: .choice(SamplingMethod.all, "By the rarest label of an image, among those for training.")
    case .share:
      .standard(
        .number(.upTo(0, 1)), 0.001,
        "For `square-root` and `balanced`: labels of a smaller share of the images are repeated, by (share / its own) or the root of that.")
    case .cap: .standard(.integer(.atLeast(1)), 10_000, "For `capped`: images that a label keeps.")
    case .most: .standard(.integer(.within(1, 1000)), 20, "An image is shown at most so often.")
    case .seed: .standard(.integer(.atLeast(0)), 0, "Of fractions of a repeat.")
    }
  }
}

enum AnnotationOutputKey: String, RecipeKey {
  case images, unlabelled

  var field: RecipeField {
    switch self {
    case .images:
      .choice(
        AnnotatedImages.reference, "`reference`: the result names the images where they are; `embed`: it holds them.")
    case .unlabelled: .standard(.truth, false, "Whether images without a label are in it.")
    }
  }
}
