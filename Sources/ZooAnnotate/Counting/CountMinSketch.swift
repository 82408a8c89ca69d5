/// Counts of very many things in a fixed block of memory, never too small (Cormode and Muthukrishnan, 2005).
///
/// It is linear: the sketch of two parts is the sum of theirs, in any order and grouping, so that it does not matter how
/// records are dealt to shards. (Conservative update would be more exact, and is not linear.) Counters are 64 bits wide
/// and cannot overflow.
public struct CountMinSketch: Sendable, Equatable {
  public let rows: Int
  /// A power of two.
  public let columns: Int
  /// [rows, columns], row by row.
  public internal(set) var counts: [Int64]

  /// - Throws: `AnnotateError.settings` where columns are no power of two or there are too many counters.
  public init(rows: Int, columns: Int) throws {
    guard rows >= 1, rows <= 16, columns >= 1, columns & (columns - 1) == 0, columns <= 1 << 31 / rows else {
      throw AnnotateError.settings("a sketch of \(rows) rows and \(columns) columns; columns must be a power of two")
    }
    (self.rows, self.columns) = (rows, columns)
    counts = [Int64](repeating: 0, count: rows * columns)
  }

  /// The column of a row: the upper bits of a product with the row's own odd number.
  @inline(__always)
  private func place(_ row: Int, _ hash: UInt64) -> Int {
    let mixed = WordHash.mix(hash ^ 0xD6E8_FEB8_6659_FD93 &* UInt64(truncatingIfNeeded: row &+ 1), 0x9FB2_1C65_1E98_DF25)
    return row &* columns &+ Int(truncatingIfNeeded: mixed & UInt64(truncatingIfNeeded: columns &- 1))
  }

  @inline(__always)
  public mutating func add(_ hash: UInt64) {
    for row in 0..<rows { counts[place(row, hash)] &+= 1 }
  }

  /// At least the true count; more than records·terms·e/columns too much with a chance of e^-rows.
  @inline(__always)
  public func estimate(_ hash: UInt64) -> Int64 {
    var least = Int64.max
    for row in 0..<rows { least = min(least, counts[place(row, hash)]) }
    return least
  }

  /// - Throws: `AnnotateError.settings` where the two have other sizes.
  public mutating func add(_ other: CountMinSketch) throws {
    guard rows == other.rows, columns == other.columns else {
      throw AnnotateError.settings(
        "a sketch of \(other.rows) x \(other.columns) counters cannot be added to one of \(rows) x \(columns)")
    }
    for index in counts.indices { counts[index] &+= other.counts[index] }
  }
}
