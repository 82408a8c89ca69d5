extension AnnotationJob {
  /// Reads a shard's records in their order and counts them: what all map steps do.
  ///
  /// - Parameters:
  ///   - progress: called now and then with the number of records so far.
  ///   - body: gets each record in a wanted language, and the reader that has just read it.
  func walk(
    _ shard: ShardNumber, _ progress: (Int) throws -> Void,
    _ body: (_ reader: inout TextReader, _ record: inout Record) throws -> Void
  ) throws -> Tally {
    var (tally, reader) = (Tally(), reader)
    try source.forEach(shard) {
      tally.add($0)
    } _: { record in
      guard reader.read(record) else { return tally.addForeign() }
      try body(&reader, &record)
      tally.add(words: reader.tokens.words.count)
      if tally.records & 0x3FFF == 0 { try progress(tally.records) }
    }
    return tally
  }
}
