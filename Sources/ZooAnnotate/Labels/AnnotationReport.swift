import ZooArchive
import ZooRecipe

/// What an annotation came to, as plain values for a page and for machines.
public struct AnnotationReport: Sendable {
  /// A label with what is in it.
  public struct LabelRow: Sendable {
    public let name: String
    public let isCluster: Bool
    public let images: Int
    public let meanScore: Double
    /// Its terms with their records, the most typical first.
    public let terms: [(text: String, records: Int)]
  }

  public let recipe: String
  public let records: Int
  public let broken: Int
  /// `file:line: what is wrong`, the first ones.
  public let brokenRecords: [String]
  /// Of languages that are not kept.
  public let foreign: Int
  public let words: Int
  /// Phrases that were counted exactly; nil with a dictionary of one's own.
  public let candidates: Int?
  /// Phrases left out, by reason.
  public let leftOut: [(reason: String, count: Int)]
  public let terms: Int
  public let pairs: Int
  public let duplicates: Int
  /// Without duplicates that were removed.
  public let images: Int
  public let heldOut: Int
  /// Training images an epoch, repeats counted.
  public let shown: Int
  public let unlabelled: Int
  public let thinned: Int
  /// Records of each term, the most frequent first: the distribution before clustering.
  public let termRecords: [Int]
  /// By label of the model.
  let labelImages: [Int]
  /// In the order of the result.
  public let labels: [LabelRow]
  /// Images by number of labels, the last for that many and more.
  public let labelsPerImage: [Int]
  /// Of the scores by the names of their features.
  public let weights: [(feature: String, weight: Double)]
  public let threshold: Double
  public let judged: Int
  public let isPrecisionReached: Bool
  /// On judged records, each scored by weights fitted without it.
  public let sample: Quality?
  public let sampleMatching: Quality?
  /// On the truth.
  public let truth: Quality?
  public let truthMatching: Quality?
  /// Where only a label of the very name counts.
  public let truthByName: Quality?
  public let truthRecords: Int

  init(
    job: AnnotationJob, model: LabelModel, tally: Tally, check: TruthCheck?, duplicates: Int, counts: LabelCounts,
    names: LabelNumbers, written: WrittenCounts, before: JSONObject
  ) {
    recipe = job.recipe.path
    records = tally.records
    broken = tally.brokenCount
    brokenRecords = tally.broken.map(\.text)
    foreign = tally.foreign
    words = tally.words
    candidates = before["dictionary"]?["candidates"]?.int.map { Int($0) }
    leftOut = (before["dictionary"]?["left_out"]?.object?.members ?? []).map {
      ($0.key.split(separator: "_").joined(separator: " "), Int($0.value.int ?? 0))
    }
    terms = model.dictionary.terms.count
    pairs = Int(before["pairs"]?.int ?? 0)
    self.duplicates = duplicates
    images = written.images
    heldOut = written.heldOut
    shown = written.shown
    unlabelled = written.unlabelled
    thinned = written.thinned
    termRecords = model.counts.terms.map(\.records)
    labelImages = counts.all
    labels = names.kept.map { number in
      let label = model.space.labels[number]
      return LabelRow(
        name: label.name, isCluster: label.kind == .cluster, images: counts.all[number],
        meanScore: counts.all[number] > 0 ? counts.scoreSum[number] / Double(counts.all[number]) : 0,
        terms: label.terms.map { (model.counts.terms[$0].text, model.counts.terms[$0].records) })
    }
    labelsPerImage = counts.perImage
    let features = LabelScorer.common + job.recipe.signals.map { "in \($0.name)" } + ["constant"]
    weights = zip(features, model.fit.weights).map { ($0, $1) }
    threshold = model.fit.threshold
    let fit = before["fit"]
    judged = Int(fit?["records"]?.int ?? 0)
    isPrecisionReached = fit?["precision_reached"]?.bool ?? true
    sample = Quality(fit?["quality"])
    sampleMatching = Quality(fit?["matching"])
    truth = check?.quality
    truthMatching = check?.matching
    truthByName = check?.byName
    truthRecords = check?.records ?? 0
  }

  /// For machines: `report.json`.
  public var json: JSONValue {
    func whole(_ value: Int) -> JSONValue { .int(Int64(value)) }
    func optional(_ quality: Quality?) -> JSONValue { quality.map { .object($0.facts) } ?? .null }
    let object: JSONObject = [
      "recipe": .string(recipe), "records": whole(records), "broken": whole(broken),
      "broken_records": .array(brokenRecords.map(JSONValue.string)), "other_languages": whole(foreign),
      "words": whole(words), "candidates": candidates.map(whole) ?? .null,
      "left_out": .object(JSONObject(leftOut.map { ($0.reason, whole($0.count)) })), "terms": whole(terms),
      "pairs": whole(pairs), "duplicates": whole(duplicates), "images": whole(images), "held_out": whole(heldOut),
      "shown": whole(shown), "unlabelled": whole(unlabelled), "thinned": whole(thinned),
      "labels_per_image": .array(labelsPerImage.map(whole)),
      "scores": [
        "weights": .object(JSONObject(weights.map { ($0.feature, .double($0.weight)) })), "threshold": .double(threshold),
      ],
      "sample": [
        "records": whole(judged), "labels": optional(sample), "dictionary_matching": optional(sampleMatching),
        "precision_reached": .bool(isPrecisionReached),
      ],
      "truth": [
        "records": whole(truthRecords), "labels": optional(truth), "dictionary_matching": optional(truthMatching),
        "labels_by_name": optional(truthByName),
      ],
      "before_clustering": .array(termRecords.prefix(10_000).map(whole)),
      "labels": .array(
        labels.map { row in
          [
            "name": .string(row.name), "kind": .string(row.isCluster ? "cluster" : "term"), "images": whole(row.images),
            "mean_score": .double(row.meanScore),
            "terms": .array(
              row.terms.prefix(20).map { ["term": .string($0.text), "records": whole($0.records)] }),
          ]
        }),
    ]
    return .object(object)
  }
}
