/// The passes over the records, in their order. Each is a map step a shard and a merge.
public enum Round: String, Sendable, CaseIterable {
  /// Records of every phrase, roughly: a Count-Min sketch.
  case sketch
  /// The phrases of the highest estimates, counted exactly; merged they are the dictionary.
  case terms
  /// Records of every term of the dictionary and of every two; merged, terms are clustered and scores fitted.
  case counts
  /// The labels of every record; merged they are the annotations.
  case labels
}
