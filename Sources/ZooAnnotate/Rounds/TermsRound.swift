import ZooArchive

/// The second half of round one: the phrases of the highest estimates, with exact counts. Merged they are made a dictionary.
struct TermsRound {
  let job: AnnotationJob

  init(_ job: AnnotationJob) { self.job = job }

  func map(_ shard: ShardNumber, after: Part?, to output: String, _ progress: (Int) throws -> Void) throws {
    guard let after else { throw AnnotateError.settings("this round needs the merged one before it") }
    let sketch = try SketchRound.sketch(after)
    let least = Int64(job.recipe.dictionary.records)
    var table = CandidateTable(limit: job.recipe.counting.candidates)
    var distinct = DistinctHashes()
    let tally = try job.walk(shard, progress) { reader, _ in
      reader.forEachPhrase(once: &distinct) { hash, start, end in
        let estimate = sketch.estimate(hash)
        if estimate >= least { table.add(hash, reader.tokens.bytes, start, end, estimate: estimate) }
      }
    }
    let writer = try PartWriter(output, .terms, job, shard: shard, facts: tally.facts)
    try writer.add("candidates", Self.bytes(table.candidates))
    try writer.finish()
  }

  func merge(_ parts: [Part], to output: String) throws {
    var tally = Tally()
    var candidates: [CandidateTable.Candidate] = []
    for part in parts {
      tally.add(try Tally(part))
      candidates = CandidateTable.merged([candidates, try Self.candidates(part)], limit: job.recipe.counting.candidates)
    }
    let built = DictionaryBuilder(job.recipe).build(candidates, records: tally.records, words: tally.words)
    var facts = tally.facts
    facts["candidates"] = .int(Int64(candidates.count))
    facts["left_out"] = .object(built.leftOut.facts)
    let writer = try PartWriter(output, .terms, job, shard: nil, facts: facts)
    try writer.add("dictionary", built.dictionary.bytes)
    try writer.finish()
  }

  private static func bytes(_ candidates: [CandidateTable.Candidate]) -> [UInt8] {
    var out = ByteWriter()
    out.add(variable: UInt64(candidates.count))
    for candidate in candidates {
      out.add(Array(candidate.text.utf8))
      out.add(variable: UInt64(candidate.estimate))
      out.add(variable: UInt64(candidate.records))
    }
    return out.bytes
  }

  private static func candidates(_ part: Part) throws -> [CandidateTable.Candidate] {
    var stream = try part.stream("candidates")
    let count = try stream.count(1 << 28)
    return try (0..<count).map { _ in
      CandidateTable.Candidate(
        text: try stream.string(), estimate: Int64(try stream.count(1 << 62)), records: Int64(try stream.count(1 << 62)))
    }
  }
}
