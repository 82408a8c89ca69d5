/// Compressed rows: the elements of row i are `columns[k]`, `values[k]` for k in `starts[i]..<starts[i + 1]`, columns rising.
public struct SparseMatrix: Sendable, Equatable {
  /// An element that is not zero.
  public struct Entry: Sendable {
    public let row: Int
    public let column: Int
    public let value: Double

    public init(_ row: Int, _ column: Int, _ value: Double) { (self.row, self.column, self.value) = (row, column, value) }
  }

  public let rows: Int
  public let columnCount: Int
  public let starts: [Int]
  public let columns: [Int32]
  public internal(set) var values: [Double]

  /// - Parameter entries: in any order; those of one place are added up, in the order given.
  /// - Throws: where a place lies outside, or there are more columns than 32-bit integers count.
  public init(rows: Int, columns: Int, entries: [Entry]) throws(AlgebraError) {
    guard rows >= 0, (0...Int(Int32.max)).contains(columns) else { throw .shape("a sparse matrix of \(rows) x \(columns)") }
    for entry in entries where !(0..<rows).contains(entry.row) || !(0..<columns).contains(entry.column) {
      throw .shape("an element at (\(entry.row), \(entry.column)) of \(rows) x \(columns)")
    }
    // Counted into rows, which keeps the order given; then each row by column, stably.
    var next = [Int](repeating: 0, count: rows + 1)
    for entry in entries { next[entry.row + 1] += 1 }
    for row in 0..<rows { next[row + 1] += next[row] }
    let bounds = next
    var places = [Int](repeating: 0, count: entries.count)
    for (number, entry) in entries.enumerated() {
      places[next[entry.row]] = number
      next[entry.row] += 1
    }
    var (starts, kept, values) = ([0], [Int32](), [Double]())
    starts.reserveCapacity(rows + 1)
    kept.reserveCapacity(entries.count)
    values.reserveCapacity(entries.count)
    for row in 0..<rows {
      var own = Array(places[bounds[row]..<bounds[row + 1]])
      own.sort { (entries[$0].column, $0) < (entries[$1].column, $1) }
      for number in own {
        let entry = entries[number]
        if kept.count > starts[row], let last = kept.last, Int(last) == entry.column {
          values[values.count - 1] += entry.value
        } else {
          kept.append(Int32(entry.column))
          values.append(entry.value)
        }
      }
      starts.append(kept.count)
    }
    (self.rows, columnCount, self.starts, self.columns, self.values) = (rows, columns, starts, kept, values)
  }

  private init(rows: Int, columnCount: Int, starts: [Int], columns: [Int32], values: [Double]) {
    (self.rows, self.columnCount, self.starts, self.columns, self.values) = (rows, columnCount, starts, columns, values)
  }

  public var transposed: SparseMatrix {
    var next = [Int](repeating: 0, count: columnCount + 1)
    for column in columns { next[Int(column) + 1] += 1 }
    for column in 0..<columnCount { next[column + 1] += next[column] }
    let starts = next
    var (rowsOf, moved) = ([Int32](repeating: 0, count: columns.count), [Double](repeating: 0, count: columns.count))
    for row in 0..<rows {
      for place in self.starts[row]..<self.starts[row + 1] {
        let column = Int(columns[place])
        (rowsOf[next[column]], moved[next[column]]) = (Int32(truncatingIfNeeded: row), values[place])
        next[column] += 1
      }
    }
    return SparseMatrix(rows: columnCount, columnCount: rows, starts: starts, columns: rowsOf, values: moved)
  }

  /// The matrix itself, in full.
  public var dense: Matrix<Double> {
    var result = Matrix<Double>(rows: rows, columns: columnCount)
    for row in 0..<rows {
      for place in starts[row]..<starts[row + 1] { result[row, Int(columns[place])] = values[place] }
    }
    return result
  }
}

extension Algebra {
  /// a[m, k] · b[k, n]. Each row of the result is summed by one thread in the order of the columns, so that the bits do not
  /// depend on the number of threads.
  public func product(_ a: SparseMatrix, _ b: Matrix<Double>) throws(AlgebraError) -> Matrix<Double> {
    guard a.columnCount == b.rows else { throw .shape("\(a.rows) x \(a.columnCount) times \(b.rows) x \(b.columns)") }
    var result = Matrix<Double>(rows: a.rows, columns: b.columns)
    let width = b.columns
    a.starts.withUnsafeBufferPointer { starts in
      a.columns.withUnsafeBufferPointer { columns in
        a.values.withUnsafeBufferPointer { values in
          b.values.withUnsafeBufferPointer { b in
            result.values.withUnsafeMutableBufferPointer { out in
              nonisolated(unsafe) let out = out
              work.split(a.rows, minimum: 64) { rows, _ in
                for row in rows {
                  let to = row &* width
                  for place in starts[row]..<starts[row &+ 1] {
                    let (value, from) = (values[place], Int(columns[place]) &* width)
                    for j in 0..<width { out[to &+ j] += value * b[from &+ j] }
                  }
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
