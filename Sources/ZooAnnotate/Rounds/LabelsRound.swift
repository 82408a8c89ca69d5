import ZooArchive
import ZooData
import ZooRecipe

/// The last round: labels of every record.
struct LabelsRound {
  let job: AnnotationJob
  private let model: LabelModel
  private let before: JSONObject

  init(_ job: AnnotationJob, _ after: Part?) throws {
    guard let after else { throw AnnotateError.settings("this round needs the merged one before it") }
    self.job = job
    model = try LabelModel(after)
    before = after.facts
  }

  func map(_ shard: ShardNumber, to output: String, _ progress: (Int) throws -> Void) throws {
    let recipe = job.recipe
    var matcher = TermMatcher(model.dictionary, recipe)
    let scorer = LabelScorer(recipe, model.space, model.counts)
    guard model.fit.weights.count == scorer.width else {
      throw AnnotateError.settings("the scores of the round before have other features")
    }
    let truth = try KnownLabels(recipe.truth)
    let names = LabelNames(model.dictionary, model.space)
    var check = TruthCheck()
    let file = try ScratchFile(beside: output)
    var out = ByteWriter()
    let tally = try job.walk(shard, progress) { reader, record in
      matcher.find(reader)
      let candidates = scorer.candidates(matcher.hits)
      let labels = labels(candidates, scorer)
      if truth.count > 0, let known = truth.labels(of: reader.id(record)) {
        check.add(
          given: labels.map(\.label), matched: candidates.map(\.label), known: names.numbers(of: known), names: known,
          space: model.space)
      }
      out.add(try labelled(record, reader, labels))
      if out.bytes.count >= 1 << 16 {
        try file.write(out.bytes)
        out.bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(out.bytes)
    var facts = tally.facts
    facts["before"] = .object(before)
    if truth.count > 0 { facts["truth"] = .object(check.facts) }
    let writer = try PartWriter(output, .labels, job, shard: shard, facts: facts)
    try writer.add("model", model.bytes)
    try writer.add("records", file)
    try writer.finish()
  }

  /// Those above the threshold, the best first.
  private func labels(_ candidates: [LabelScorer.Candidate], _ scorer: LabelScorer) -> [LabelledRecord.Given] {
    let scored = candidates.map { (label: $0.label, score: scorer.score($0, model.fit.weights)) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.label < $1.label }
    var kept = scored.filter { $0.score >= model.fit.threshold }
    if kept.isEmpty, job.recipe.labels.keepsBest, let best = scored.first { kept = [best] }
    return kept.prefix(job.recipe.labels.perImage).map { LabelledRecord.Given(label: $0.label, score: Float($0.score)) }
  }

  private func labelled(_ record: Record, _ reader: TextReader, _ labels: [LabelledRecord.Given]) throws
    -> LabelledRecord
  {
    let duplicates = job.recipe.duplicates
    var keys = LabelledRecord.Keys()
    func hash(_ field: Int?) -> UInt64 { record.single(field).map { max(WordHash.bytes($0), 1) } ?? 0 }
    // An image's path is its name, of which there are several only where records repeat it.
    if duplicates.id { keys.id = hash(reader.idField) }
    if duplicates.url { keys.url = hash(reader.urlField) }
    if duplicates.text { keys.text = reader.digest.map { max($0, 1) } ?? 0 }
    keys.group = hash(reader.groupField)
    let image = record.image.map { Array($0.name.utf8) } ?? Array(record.single(reader.imageField) ?? [])
    let labelled = LabelledRecord(
      position: record.position, image: image, offset: record.image?.offset ?? 0, size: record.image?.size ?? 0,
      keys: keys, look: nil, group: Array(record.single(reader.groupField) ?? []), labels: labels)
    guard duplicates.image != .none else { return labelled }
    var result = labelled
    // An image that cannot be read is like no other; training will say what is wrong.
    guard let bytes = try? ImagePlaces(job.source.files).bytes(labelled) else { return labelled }
    result.keys.image = max(WordHash.bytes(bytes[...]), 1)
    if duplicates.image == .perceptual, let image = try? Image.decode(bytes: bytes, origin: "") {
      result.look = ImageLook(try PerceptualHash(image))
    }
    return result
  }
}

/// Labels given and plain matching against labels that are known.
struct TruthCheck {
  private(set) var records = 0
  /// Names of terms that are now in a cluster count as the cluster.
  private(set) var quality = Quality()
  /// Of every label that some term gives.
  private(set) var matching = Quality()
  /// Only a label of the very name counts.
  private(set) var byName = Quality()

  mutating func add(
    given: [Int32], matched: [Int32], known: (labels: Set<Int32>, unknown: Int), names: [String], space: LabelSpace
  ) {
    records += 1
    func count(_ labels: [Int32]) -> Quality {
      let right = labels.count { known.labels.contains($0) }
      return Quality(right: right, wrong: labels.count - right, missed: known.labels.count - right + known.unknown)
    }
    quality = quality + count(given)
    matching = matching + count(matched)
    let right = given.count { names.contains(space.labels[Int($0)].name) }
    byName = byName + Quality(right: right, wrong: given.count - right, missed: names.count - right)
  }

  var facts: JSONObject {
    [
      "records": .int(Int64(records)), "quality": .object(quality.facts), "matching": .object(matching.facts),
      "by_name": .object(byName.facts),
    ]
  }

  init() {}

  init(_ part: Part) throws {
    guard let truth = part.facts["truth"], let records = truth["records"]?.int, let quality = Quality(truth["quality"]),
      let matching = Quality(truth["matching"]), let byName = Quality(truth["by_name"])
    else { throw AnnotateError.file(part.path, "lacks what it says of the truth") }
    (self.records, self.quality, self.matching, self.byName) = (Int(records), quality, matching, byName)
  }

  mutating func add(_ other: TruthCheck) {
    records += other.records
    quality = quality + other.quality
    matching = matching + other.matching
    byName = byName + other.byName
  }
}
