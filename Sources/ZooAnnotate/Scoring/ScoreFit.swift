import ZooArchive
import ZooRecipe

/// The weights of the scores and their threshold, and how they were found.
struct ScoreFit: Equatable {
  /// Of the features of `LabelScorer`.
  var weights: [Double]
  var threshold: Double
  /// Judged records; 0: the recipe's weights.
  var records = 0
  /// On the judged records, each scored by weights that were fitted without it.
  var quality: Quality?
  /// On the same, of every label that some term gives: plain dictionary matching.
  var matching: Quality?
  var isPrecisionReached = true

  static let folds = 5

  /// - Parameter known: by judged record the numbers of the labels that are right, and how many right ones are no label at all.
  static func make(
    _ recipe: AnnotationRecipe, _ scorer: LabelScorer, _ judged: [JudgedRecord],
    known: (JudgedRecord) -> (labels: Set<Int32>, unknown: Int)
  ) throws -> ScoreFit {
    guard recipe.scores.sample != nil else {
      return ScoreFit(weights: scorer.weights(recipe), threshold: recipe.scores.threshold)
    }
    var rows: [(record: Int, features: [Float], isRight: Bool)] = []
    var missed = 0
    for (number, record) in judged.enumerated() {
      let truth = known(record)
      let candidates = scorer.candidates(record.hits)
      for candidate in candidates {
        rows.append((number, candidate.features, truth.labels.contains(candidate.label)))
      }
      missed += truth.unknown + truth.labels.count - candidates.count { truth.labels.contains($0.label) }
    }
    let right = rows.count(where: \.isRight)
    guard judged.count >= folds, right > 0, right < rows.count else {
      throw RecipeError(
        at: recipe.location(of: "scores.sample"),
        "the sample says too little to fit the scores to: \(judged.count) of its records are among the records, "
          + "\(right) of their \(rows.count) possible labels are right",
        hint: "its '\(recipe.scores.sample?.id ?? "id")' must hold what input.id (or input.image) does; leave 'sample' out to take the weights as they are"
      )
    }
    var scored: [(score: Double, isRight: Bool)] = []
    for fold in 0..<folds {
      let inside = rows.filter { $0.record % folds != fold }
      let weights = LogisticRegression.fit(inside.map(\.features), inside.map(\.isRight))
      for row in rows where row.record % folds == fold {
        var sum = 0.0
        for (index, feature) in row.features.enumerated() { sum += Double(feature) * (weights.isEmpty ? 0 : weights[index]) }
        scored.append((sigmoid(sum), row.isRight))
      }
    }
    let threshold = Threshold.choose(scored, missed: missed, precision: recipe.scores.precision)
    return ScoreFit(
      weights: LogisticRegression.fit(rows.map(\.features), rows.map(\.isRight)), threshold: threshold.value,
      records: judged.count, quality: threshold.quality,
      matching: Quality(right: right, wrong: rows.count - right, missed: missed), isPrecisionReached: threshold.isReached)
  }

  var facts: JSONObject {
    var facts: JSONObject = [
      "weights": .array(weights.map { .double($0) }), "threshold": .double(threshold), "records": .int(Int64(records)),
      "precision_reached": .bool(isPrecisionReached),
    ]
    if let quality { facts["quality"] = .object(quality.facts) }
    if let matching { facts["matching"] = .object(matching.facts) }
    return facts
  }
}
