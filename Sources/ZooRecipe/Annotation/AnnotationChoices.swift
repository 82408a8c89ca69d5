/// How the records of texts lie.
public enum RecordFormat: String, RecipeChoice { case jsonl, csv, webdataset }

/// What a record that cannot be read does.
public enum RecordPolicy: String, RecipeChoice {
  /// It is named, counted and passed over.
  case skip
  /// It ends the run.
  case error
}

/// How rare terms find others like them.
public enum ClusterMethod: String, RecipeChoice {
  case kMeans = "k-means"
  /// For very many rare terms.
  case miniBatch = "mini-batch"
  case agglomerative
  /// Rare terms are dropped.
  case none
}

/// How near two clusters are, of `agglomerative`.
public enum ClusterLinkage: String, RecipeChoice { case average, ward, complete }

/// How often examples of frequent and rare labels are shown.
public enum SamplingMethod: String, RecipeChoice {
  /// Each once.
  case all
  /// Repeated by the square root of its rarest label's rarity.
  case squareRoot = "square-root"
  /// Repeated by its rarest label's rarity.
  case balanced
  /// Examples whose labels are all more frequent than a bound are thinned out.
  case capped
}

/// Which images are the same.
public enum SameImages: String, RecipeChoice {
  /// Images are not looked at.
  case none
  /// Those of the same bytes.
  case bytes
  /// Those that look the same, too.
  case perceptual
}

/// Where the images of the result are.
public enum AnnotatedImages: String, RecipeChoice {
  /// Where they were.
  case reference
  /// In the result.
  case embed
}
