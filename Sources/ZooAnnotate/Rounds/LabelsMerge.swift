import ZooArchive
import ZooRecipe

/// Joins the labelled records of all shards and writes the annotations.
struct LabelsMerge {
  let job: AnnotationJob
  private let page: (AnnotationReport) -> String

  /// - Parameter page: the report for people.
  init(_ job: AnnotationJob, page: @escaping (AnnotationReport) -> String) { (self.job, self.page) = (job, page) }

  func merge(_ parts: [Part], to output: String) throws {
    guard let first = parts.first else { return }
    let model = try LabelModel(first)
    var tally = Tally()
    var check: TruthCheck?
    for part in parts {
      tally.add(try Tally(part))
      guard part.facts["truth"] != nil else { continue }
      var sum = check ?? TruthCheck()
      sum.add(try TruthCheck(part))
      check = sum
    }
    let records = LabelledRecords(parts: parts, labels: model.space.labels.count, files: job.files.count)
    let duplicates = try findDuplicates(records, count: tally.records, output)
    var counts = LabelCounts(labels: model.space.labels.count)
    try records.forEach { number, record in
      guard !duplicates.isRemoved(number) else { return }
      counts.add(record, isHeldOut: duplicates.isHeldOut(record, job.recipe.split))
    }
    let names = LabelNumbers(counts, least: job.recipe.labels.leastImages)
    let file = try ScratchFile(beside: output)
    let writer = AnnotationsWriter(job, names, output: output)
    let sampling = Sampling(job.recipe.sampling, counts: counts.training, images: counts.trainingImages)
    var written = WrittenCounts()
    // Twice the same where images are embedded: their records are too many to keep.
    func forEachKept(
      _ counts: inout WrittenCounts, _ body: (LabelledRecord, _ place: Int, _ isHeldOut: Bool, _ times: Int) throws -> Void
    ) throws {
      try records.forEach { number, record in
        guard !duplicates.isRemoved(number) else { return }
        var record = record
        record.labels.removeAll { names.number[Int($0.label)] < 0 }
        let isHeldOut = duplicates.isHeldOut(record, job.recipe.split)
        guard job.recipe.output.keepsUnlabelled || !record.labels.isEmpty else { return counts.addUnlabelled() }
        let times = isHeldOut ? 1 : sampling.times(record)
        guard times > 0 else { return counts.addThinned() }
        try body(record, counts.images, isHeldOut, times)
        counts.add(isHeldOut: isHeldOut, times: times)
      }
    }
    try forEachKept(&written) { record, place, isHeldOut, times in
      try file.write(writer.line(record, place: place, isHeldOut: isHeldOut, times: times, model.space))
    }
    let report = AnnotationReport(
      job: job, model: model, tally: tally, check: check, duplicates: duplicates.count, counts: counts, names: names,
      written: written, before: first.facts["before"]?.object ?? [:])
    try writer.write(file, report, model, page(report)) { add in
      var again = WrittenCounts()
      try forEachKept(&again) { record, place, _, _ in try add(record, place) }
    }
  }

  private func findDuplicates(_ records: LabelledRecords, count: Int, _ output: String) throws -> Duplicates {
    var sorter = KeySorter(beside: output)
    var looks = KeySorter(beside: output)
    let distance = job.recipe.duplicates.distance
    try records.forEach { number, record in
      let node = Duplicates.node(record)
      for key in Duplicates.keys(record) { try sorter.add(KeySorter.Entry(key: key, number: number, node: node)) }
      guard let look = record.look else { return }
      for key in look.keys(distance: distance) {
        try looks.add(KeySorter.Entry(key: key, number: number, node: node, look: look))
      }
    }
    var duplicates = Duplicates(records: count, removes: job.recipe.duplicates.removes)
    try sorter.forEachRepeat { duplicates.add($0, $1) }
    try looks.forEachRepeat(distance: distance) { duplicates.add($0, $1) }
    return duplicates
  }
}

/// The labelled records of all shards in the order of the input.
struct LabelledRecords {
  let parts: [Part]
  let labels: Int
  let files: Int

  func forEach(_ body: (_ number: Int, _ record: LabelledRecord) throws -> Void) throws {
    var number = 0
    for part in parts {
      var stream = try part.stream("records")
      let end = number + (try part.count("records"))
      while !stream.isAtEnd {
        guard number < end else { throw stream.wrong("holds more records than it says") }
        try body(number, try stream.labelledRecord(labels: labels, files: files))
        number += 1
      }
      guard number == end else { throw stream.wrong("holds fewer records than it says") }
    }
  }
}

/// Images by label.
struct LabelCounts {
  private(set) var all: [Int]
  private(set) var training: [Int]
  private(set) var images = 0
  private(set) var trainingImages = 0
  /// By number of labels, the last for that many and more.
  private(set) var perImage = [Int](repeating: 0, count: 17)
  private(set) var scoreSum: [Double]

  init(labels: Int) {
    all = [Int](repeating: 0, count: labels)
    training = all
    scoreSum = [Double](repeating: 0, count: labels)
  }

  mutating func add(_ record: LabelledRecord, isHeldOut: Bool) {
    images += 1
    if !isHeldOut { trainingImages += 1 }
    perImage[min(record.labels.count, 16)] += 1
    for given in record.labels {
      all[Int(given.label)] += 1
      scoreSum[Int(given.label)] += Double(given.score)
      if !isHeldOut { training[Int(given.label)] += 1 }
    }
  }
}

/// Labels of the result: those with enough images, the most frequent first as in the model.
struct LabelNumbers {
  /// By label of the model: its number in the result, -1 where it is left out.
  let number: [Int]
  /// Labels of the model, by number in the result.
  let kept: [Int]

  init(_ counts: LabelCounts, least: Int) {
    kept = counts.all.indices.filter { counts.all[$0] >= least }
    var number = [Int](repeating: -1, count: counts.all.count)
    for (place, label) in kept.enumerated() { number[label] = place }
    self.number = number
  }
}

/// What was written.
struct WrittenCounts {
  private(set) var images = 0
  private(set) var heldOut = 0
  private(set) var shown = 0
  private(set) var unlabelled = 0
  private(set) var thinned = 0

  mutating func add(isHeldOut: Bool, times: Int) {
    images += 1
    if isHeldOut { heldOut += 1 } else { shown += times }
  }

  mutating func addUnlabelled() { unlabelled += 1 }
  mutating func addThinned() { thinned += 1 }
}
