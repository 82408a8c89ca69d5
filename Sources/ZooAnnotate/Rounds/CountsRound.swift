import ZooAlgebra
import ZooArchive
import ZooRecipe

/// Round two: exact counts of the dictionary's terms and of every two of them, and what the judged records say. Merged, rare
/// terms are clustered and the scores' weights fitted.
struct CountsRound {
  let job: AnnotationJob
  let dictionary: TermDictionary
  private let dictionaryFacts: JSONObject

  /// - Parameter after: the merged part with the dictionary; nil where the recipe names a file of it, or to merge.
  init(_ job: AnnotationJob, _ after: Part?) throws {
    self.job = job
    if let after {
      var stream = try after.stream("dictionary")
      dictionary = try TermDictionary(&stream)
      dictionaryFacts = after.facts
    } else if let file = job.recipe.dictionary.file {
      dictionary = try DictionaryFile.read(file)
      dictionaryFacts = [:]
    } else {
      dictionary = TermDictionary(terms: [], forms: [])
      dictionaryFacts = [:]
    }
  }

  func map(_ shard: ShardNumber, to output: String, _ progress: (Int) throws -> Void) throws {
    guard !dictionary.terms.isEmpty else {
      throw AnnotateError.settings(
        "no phrase of the records is a term (dictionary.records, dictionary.largest-share and dictionary.cohesion decide)")
    }
    var matcher = TermMatcher(dictionary, job.recipe)
    let sample = try KnownLabels(job.recipe.scores.sample)
    var counts = [Int64](repeating: 0, count: dictionary.terms.count)
    var pairs = PairCounter(limit: job.recipe.counting.pairsInMemory, beside: output)
    var judged = ByteWriter()
    var judgedCount = 0
    let embeddings = try ImageEmbeddings(job.recipe.clusters.embeddings)
    let seen = try ScratchFile(beside: output)
    var seenCount = 0
    var terms: [Int32] = []
    let tally = try job.walk(shard, progress) { reader, record in
      matcher.find(reader)
      terms.removeAll(keepingCapacity: true)
      for hit in matcher.hits where terms.last != hit.term {
        terms.append(hit.term)
        counts[Int(hit.term)] &+= 1
      }
      // The dictionary's later terms are the rarer ones.
      let paired = terms.suffix(job.recipe.counting.pairedTerms)
      for (place, first) in paired.enumerated() {
        for second in paired.dropFirst(place + 1) { try pairs.add(first, second) }
      }
      if let embeddings, !terms.isEmpty,
        let row = embeddings.row(id: reader.id(record), image: job.imageName(record))
      {
        seenCount += 1
        var bytes = ByteWriter()
        bytes.add(variable: UInt64(row))
        bytes.add(variable: UInt64(terms.count))
        for term in terms { bytes.add(variable: UInt64(term)) }
        try seen.write(bytes.bytes)
      }
      if sample.count > 0, let labels = sample.labels(of: reader.id(record)) {
        judgedCount += 1
        judged.add(JudgedRecord(position: record.position, hits: matcher.hits, labels: labels))
      }
    }
    var facts = tally.facts
    facts["judged"] = .int(Int64(judgedCount))
    facts["seen"] = .int(Int64(seenCount))
    facts["dictionary"] = .object(dictionaryFacts)
    let writer = try PartWriter(output, .counts, job, shard: shard, facts: facts)
    try writer.add("counts", Self.bytes(counts))
    try writer.add("dictionary", dictionary.bytes)
    try writer.add("judged", judged.bytes)
    try writer.add("pairs", try pairs.finish())
    try writer.add("seen", seen)
    try writer.finish()
  }

  private static func bytes(_ counts: [Int64]) -> [UInt8] {
    var out = ByteWriter()
    for count in counts { out.add(variable: UInt64(count)) }
    return out.bytes
  }

  // MARK: -

  func merge(_ parts: [Part], to output: String) throws {
    guard let first = parts.first else { return }
    var stream = try first.stream("dictionary")
    let dictionary = try TermDictionary(&stream)
    var tally = Tally()
    var counts = [Int](repeating: 0, count: dictionary.terms.count)
    var judged: [JudgedRecord] = []
    for part in parts {
      tally.add(try Tally(part))
      var stream = try part.stream("counts")
      for index in counts.indices { counts[index] &+= try stream.count(1 << 62) }
      var records = try part.stream("judged")
      for _ in 0..<(try part.count("judged")) { judged.append(try JudgedRecord(&records, terms: counts.count)) }
    }
    var pairs: [(first: Int32, second: Int32, records: Int)] = []
    try mergePairs(try parts.map { try $0.stream("pairs") }) { key, count in
      guard count >= job.recipe.counting.leastPairs else { return }
      let (one, other) = (UInt32(key >> 32), UInt32(truncatingIfNeeded: key))
      guard one < other, Int(other) < counts.count else { throw AnnotateError.file(first.path, "holds a pair of no terms") }
      pairs.append((Int32(one), Int32(other), count))
    }
    let table = SortedTerms(dictionary, counts, pairs, records: tally.records)
    for index in judged.indices { judged[index].renumber(table.place) }
    let images = try imageVectors(parts, table)
    let model = try LabelModel.make(job.recipe, table.dictionary, table.counts, images, judged)
    var facts = tally.facts
    facts["dictionary"] = first.facts["dictionary"] ?? .null
    facts["judged"] = .int(Int64(judged.count))
    facts["pairs"] = .int(Int64(pairs.count))
    facts["fit"] = .object(model.fit.facts)
    let writer = try PartWriter(output, .counts, job, shard: nil, facts: facts)
    try writer.add("model", model.bytes)
    try writer.finish()
  }
}

extension CountsRound {
  /// Of each term the mean of its images; nil without embeddings.
  fileprivate func imageVectors(_ parts: [Part], _ table: SortedTerms) throws -> Matrix<Double>? {
    guard let embeddings = try ImageEmbeddings(job.recipe.clusters.embeddings) else { return nil }
    let (values, dimensions) = try embeddings.values()
    let terms = table.place.count
    var means = TermImageMeans(terms: terms, dimensions: dimensions)
    // In the order of the records, whatever the shards.
    for part in parts {
      var stream = try part.stream("seen")
      for _ in 0..<(try part.count("seen")) {
        let row = try stream.count(values.count / dimensions - 1)
        var own: [Int] = []
        for _ in 0..<(try stream.count(terms)) { own.append(Int(table.place[try stream.count(max(terms - 1, 0))])) }
        means.add(Array(values[row * dimensions..<(row + 1) * dimensions]), terms: own)
      }
    }
    return means.vectors
  }
}

/// A dictionary's terms with the most frequent first.
struct SortedTerms {
  let dictionary: TermDictionary
  let counts: TermCounts
  /// New numbers by old ones.
  let place: [Int32]

  init(
    _ old: TermDictionary, _ records: [Int], _ pairs: [(first: Int32, second: Int32, records: Int)], records all: Int
  ) {
    let order = old.terms.indices.sorted {
      if records[$0] != records[$1] { return records[$0] > records[$1] }
      let (a, b) = (old.terms[$0], old.terms[$1])
      return a.text != b.text
        ? a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
        : (a.language ?? "").utf8.lexicographicallyPrecedes((b.language ?? "").utf8)
    }
    var place = [Int32](repeating: 0, count: order.count)
    for (new, number) in order.enumerated() { place[number] = Int32(new) }
    dictionary = TermDictionary(
      terms: order.map { old.terms[$0] },
      forms: old.forms.map { TermDictionary.Form($0.text, language: $0.language, term: Int(place[$0.term])) })
    let moved = pairs.map { pair in
      let (a, b) = (place[Int(pair.first)], place[Int(pair.second)])
      return TermCounts.Pair(min(a, b), max(a, b), records: pair.records)
    }
    counts = TermCounts(
      terms: order.map { number in
        let term = old.terms[number]
        return TermCounts.Term(
          text: term.text, language: term.language, records: records[number], isLabel: term.isLabel)
      },
      pairs: moved.sorted { ($0.first, $0.second) < ($1.first, $1.second) }, records: all)
    self.place = place
  }
}
