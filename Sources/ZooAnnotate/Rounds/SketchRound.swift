import ZooArchive

/// Round one: how many records each phrase is in, roughly.
struct SketchRound {
  let job: AnnotationJob

  init(_ job: AnnotationJob) { self.job = job }

  func map(_ shard: ShardNumber, to output: String, _ progress: (Int) throws -> Void) throws {
    var sketch = try CountMinSketch(rows: job.recipe.counting.rows, columns: job.recipe.counting.columns)
    var distinct = DistinctHashes()
    let tally = try job.walk(shard, progress) { reader, _ in
      reader.forEachPhrase(once: &distinct) { hash, _, _ in sketch.add(hash) }
    }
    try write(sketch, tally, shard, to: output)
  }

  func merge(_ parts: [Part], to output: String) throws {
    var sketch = try CountMinSketch(rows: job.recipe.counting.rows, columns: job.recipe.counting.columns)
    var tally = Tally()
    for part in parts {
      try sketch.add(Self.sketch(part))
      tally.add(try Tally(part))
    }
    try write(sketch, tally, nil, to: output)
  }

  static func sketch(_ part: Part) throws -> CountMinSketch {
    let counting = part.recipe.counting
    var sketch = try CountMinSketch(rows: counting.rows, columns: counting.columns)
    var stream = try part.stream("sketch")
    for index in sketch.counts.indices { sketch.counts[index] = Int64(try stream.count(1 << 62)) }
    return sketch
  }

  private func write(_ sketch: CountMinSketch, _ tally: Tally, _ shard: ShardNumber?, to output: String) throws {
    let file = try ScratchFile(beside: output)
    var bytes = ByteWriter()
    for count in sketch.counts {
      bytes.add(variable: UInt64(count))
      if bytes.bytes.count >= 1 << 16 {
        try file.write(bytes.bytes)
        bytes.bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(bytes.bytes)
    let writer = try PartWriter(output, .sketch, job, shard: shard, facts: tally.facts)
    try writer.add("sketch", file)
    try writer.finish()
  }
}
