/// What a mutator knows of a file format, so that its inputs get past the first check.
public protocol Format: Sendable {
  /// Changes something that has a meaning in the format. `other` is another sound file, to take parts from.
  func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator)
  /// Makes checksums and lengths fit what is there now.
  func repair(_ bytes: inout [UInt8])
}

extension Format {
  public func repair(_ bytes: inout [UInt8]) {}

  /// One mutant of the corpus: one change, or up to five, to one of its files, most of them of the format's
  /// own kind, with checksums made right in three of four.
  public func mutant(of corpus: [[UInt8]], _ generator: inout Generator) -> [UInt8] {
    guard var bytes = generator.pick(corpus), let other = generator.pick(corpus) else { return [] }
    for _ in 0...(generator.chance(40) ? 0 : generator.below(5)) {
      if generator.chance(70) {
        mutate(&bytes, other: other, &generator)
      } else {
        mutateBytes(&bytes, other: other, &generator)
      }
    }
    if generator.chance(75) { repair(&bytes) }
    return bytes
  }
}

/// A format of which nothing is known.
public struct PlainBytes: Format {
  public init() {}
  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    mutateBytes(&bytes, other: other, &generator)
  }
}
