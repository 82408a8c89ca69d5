/// How one array of a checkpoint lies, compared with a parameter: as it is, or as the transpose of rows × columns
/// whose rows may be in another order.
///
/// All layouts of the published libraries are of this kind: [height, width, in, out] is the transpose of
/// (height·width·in) × out with its rows in the order of [in, height, width].
public struct CheckpointLayout: Sendable, Equatable {
  /// Of the array in the checkpoint.
  public let source: [Int]
  /// Of what becomes of it.
  public let result: [Int]
  /// Whether elements keep their order.
  public var isPlain: Bool { transposed == nil }
  /// Nil for an array that stays as it is.
  private let transposed: Transposition?

  /// The source as a matrix of pixels·channels rows, which the result has in the order of channels, then pixels.
  private struct Transposition: Sendable, Equatable {
    var pixels = 1
    let channels: Int
    let columns: Int

    var rows: Int { pixels * channels }
    /// The source's row at a place in the result.
    func row(_ place: Int) -> Int { (place % pixels) * channels + place / pixels }
  }

  /// - Parameters:
  ///   - transform: the name in a key map.
  ///   - source: the array's shape.
  /// - Returns: nil if the transform has no meaning for such a shape, or there is nothing in it.
  public init?(_ transform: String, source: [Int]) {
    var count = 1
    for size in source {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else { return nil }
      count = product
    }
    self.source = source
    let rank = source.count
    switch transform {
    case "identity", "concatenate": (result, transposed) = (source, nil)
    case "squeeze": (result, transposed) = (source.filter { $0 != 1 }, nil)
    case "qkv-bias" where rank == 2: (result, transposed) = ([source[0] * source[1]], nil)
    case "oihw-to-linear" where rank == 2 || (rank == 4 && source[2] == 1 && source[3] == 1):
      (result, transposed) = (Array(source.prefix(2)), nil)
    case "transpose" where rank == 2:
      (result, transposed) = ([source[1], source[0]], Transposition(channels: source[0], columns: source[1]))
    case "qkv-kernel" where rank == 3:
      let width = source[1] * source[2]
      (result, transposed) = ([width, source[0]], Transposition(channels: source[0], columns: width))
    case "attention-output" where rank == 3:
      let width = source[0] * source[1]
      (result, transposed) = ([source[2], width], Transposition(channels: width, columns: source[2]))
    case "hwio-to-linear" where rank == 4 && source[0] == 1 && source[1] == 1:
      (result, transposed) = ([source[3], source[2]], Transposition(channels: source[2], columns: source[3]))
    case "hwio-to-oihw" where rank == 4:
      result = [source[3], source[2], source[0], source[1]]
      transposed = Transposition(pixels: source[0] * source[1], channels: source[2], columns: source[3])
    default: return nil
    }
  }

  /// The layout whose result has the shape of a parameter.
  /// - Returns: nil where the parameter does not tell: heads of attention are not in its shape.
  public init?(_ transform: String, result: [Int]) {
    let rank = result.count
    switch transform {
    case "identity", "squeeze", "concatenate": self.init(transform, source: result)
    case "transpose" where rank == 2: self.init(transform, source: [result[1], result[0]])
    case "oihw-to-linear" where rank == 2: self.init(transform, source: result + [1, 1])
    case "hwio-to-linear" where rank == 2: self.init(transform, source: [1, 1, result[1], result[0]])
    case "hwio-to-oihw" where rank == 4:
      self.init(transform, source: [result[2], result[3], result[1], result[0]])
    default: return nil
    }
  }

  /// Hands the parameter's elements on, block by block, so that nothing but the array itself need be in memory.
  public func convert(
    _ values: UnsafeBufferPointer<Float>, _ sink: (UnsafeBufferPointer<Float>) throws -> Void
  ) rethrows {
    guard let transposed, values.count == transposed.rows * transposed.columns else { return try sink(values) }
    let rows = transposed.rows
    // Blocks of 4 MB, and never so narrow that reading along a row wastes what the cache fetched.
    let width = max(16, (1 << 20) / rows)
    for start in stride(from: 0, to: transposed.columns, by: width) {
      let columns = start..<min(start + width, transposed.columns)
      let block = [Float](unsafeUninitializedCapacity: columns.count * rows) { block, count in
        for place in 0..<rows {
          let from = transposed.row(place) * transposed.columns
          for column in columns { block[(column - start) * rows + place] = values[from + column] }
        }
        count = columns.count * rows
      }
      try block.withUnsafeBufferPointer(sink)
    }
  }

  /// The parameter's elements, from the checkpoint's.
  public func convert(_ values: [Float]) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(values.count)
    values.withUnsafeBufferPointer { convert($0) { result.append(contentsOf: $0) } }
    return result
  }

  /// The checkpoint's elements, from the parameter's.
  public func invert(_ values: [Float]) -> [Float] {
    guard let transposed, values.count == transposed.rows * transposed.columns else { return values }
    let (rows, columns) = (transposed.rows, transposed.columns)
    var result = [Float](repeating: 0, count: values.count)
    for place in 0..<rows {
      let to = transposed.row(place) * columns
      for column in 0..<columns { result[to + column] = values[column * rows + place] }
    }
    return result
  }
}
