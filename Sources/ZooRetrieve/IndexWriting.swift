import ZooArchive

extension VectorIndex {
  /// How an index is made of an array.
  public struct Options: Sendable {
    /// What the index holds; nil for what the array holds.
    public var kind: Embeddings.Kind?
    /// Cosine or dot, for floats.
    public var metric: Metric
    public var source: EmbeddingSource?

    public init(kind: Embeddings.Kind? = nil, metric: Metric = .cosine, source: EmbeddingSource? = nil) {
      (self.kind, self.metric, self.source) = (kind, metric, source)
    }
  }

  /// Rows are copied so many bytes at a time.
  private static let blockBytes = 8 << 20

  /// Writes an index of an array's rows: whole, or not at all.
  ///
  /// - Parameters:
  ///   - ids: a file with a JSON object for each row that has `id`; nil for the rows' numbers.
  ///   - folder: must not exist, or be empty.
  /// - Throws: for rows that cannot be compared (by number), for identities that are not one a row.
  public static func write(_ array: Embeddings, ids: String?, to folder: String, _ options: Options) throws {
    let kind = options.kind ?? array.kind
    guard array.count > 0 else { throw RetrieveError.array(file: array.path, "has no rows") }
    guard array.kind != .bits || kind == .bits else {
      throw RetrieveError.array(file: array.path, "holds one-bit codes, which cannot become \(kind.rawValue)")
    }
    let publishing = try FolderPublishing(folder)
    let vectors = try writeRows(array, kind, options.metric, to: publishing)
    let lines = try writeIDs(ids, count: array.count, to: publishing)
    let manifest = IndexManifest(
      kind: kind, metric: kind == .bits ? .hamming : options.metric, count: array.count, dimensions: array.dimensions,
      vectors: vectors, ids: lines, source: options.source)
    try publishing.add(IndexManifest.file) { sink in
      try Array(manifest.json.pretty().utf8).withUnsafeBytes(sink)
    }
    try publishing.finish()
  }

  private static func writeRows(
    _ array: Embeddings, _ kind: Embeddings.Kind, _ metric: Metric, to folder: FolderPublishing
  ) throws -> IndexManifest.Member {
    let width = kind == .bits ? kind.rowBytes(array.dimensions) : array.dimensions
    var (size, digest) = (0, StreamingDigest())
    try folder.add(IndexManifest.vectors) { sink in
      func put(_ bytes: [UInt8]) throws {
        size += bytes.count
        try bytes.withUnsafeBytes {
          digest.update($0)
          try sink($0)
        }
      }
      try put(try NpyArray.header(dtype: kind.dtype, shape: [array.count, width]))
      let some = max(1, blockBytes / (4 * array.dimensions))
      for start in stride(from: 0, to: array.count, by: some) {
        let part = start..<min(start + some, array.count)
        guard array.kind != .bits else {
          let codes = try array.bytes(part)
          try checkCodes(codes, array, first: start)
          try put(codes)
          continue
        }
        var values = try array.floats(part)
        if kind != .bits, metric == .cosine {
          values = try unitRows(values, dimensions: array.dimensions, first: start, file: array.path)
        } else {
          try checkFinite(values, dimensions: array.dimensions, first: start, file: array.path)
        }
        try put(try encoded(values, as: kind, dimensions: array.dimensions, first: start, file: array.path))
      }
    }
    return IndexManifest.Member(size: size, sha256: digest.hex())
  }

  /// Bits past the last dimension would count in distances.
  private static func checkCodes(_ codes: [UInt8], _ array: Embeddings, first: Int) throws {
    let rest = array.dimensions % 8
    guard rest > 0 else { return }
    for row in 0..<codes.count / array.rowBytes where codes[(row + 1) * array.rowBytes - 1] << UInt8(rest) != 0 {
      throw RetrieveError.row(
        file: array.path, row: first + row, "has bits past its \(array.dimensions) dimensions")
    }
  }

  private static func writeIDs(_ path: String?, count: Int, to folder: FolderPublishing) throws -> IndexManifest.Member {
    let lines = try path.map { try MappedLines(path: $0) }
    if let lines, lines.count != count {
      throw RetrieveError.array(file: lines.path, "has \(lines.count) lines, the array has \(count) rows")
    }
    var (size, digest) = (0, StreamingDigest())
    try folder.add(IndexManifest.ids) { sink in
      var block: [UInt8] = []
      func put() throws {
        size += block.count
        try block.withUnsafeBytes {
          digest.update($0)
          try sink($0)
        }
        block.removeAll(keepingCapacity: true)
      }
      for row in 0..<count {
        if let lines {
          guard try lines.json(row)["id"]?.string != nil else {
            throw RetrieveError.array(file: "\(lines.path):\(row + 1)", "must be a JSON object with a text 'id'")
          }
          block += lines[row]
        } else {
          block += Array("{\"id\":\"\(row)\"}".utf8)
        }
        block.append(0x0A)
        if block.count >= 1 << 20 { try put() }
      }
      try put()
    }
    return IndexManifest.Member(size: size, sha256: digest.hex())
  }
}

/// Rows of floats as the bytes of a kind.
///
/// - Throws: `RetrieveError.row` for a value that float16 cannot hold.
public func encoded(
  _ values: [Float], as kind: Embeddings.Kind, dimensions: Int, first: Int = 0, file: String
) throws -> [UInt8] {
  switch kind {
  case .float32: return values.withUnsafeBytes { [UInt8]($0) }
  case .bits: return oneBitCodes(values, dimensions: dimensions)
  case .float16:
    if let place = values.firstIndex(where: { abs($0) >= 65_520 }) {
      throw RetrieveError.row(
        file: file, row: first + place / max(dimensions, 1), "holds \(values[place]), which float16 cannot")
    }
    return [UInt8](unsafeUninitializedCapacity: 2 * values.count) { buffer, filled in
      for (place, value) in values.enumerated() {
        let half = halfBits(value)
        buffer.initializeElement(at: 2 * place, to: UInt8(half & 255))
        buffer.initializeElement(at: 2 * place + 1, to: UInt8(half >> 8))
      }
      filled = 2 * values.count
    }
  }
}

/// The nearest binary16, ties to even (IEEE 754), of a finite value below its limit.
func halfBits(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
  let magnitude = bits & 0x7FFF_FFFF
  // Subnormal and small: units of 2^-24, which rounding to a whole number gives.
  if magnitude < 0x3880_0000 {
    let units = (Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven)
    return sign | UInt16(units)
  }
  let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1)
  return sign | UInt16(truncatingIfNeeded: (rounded >> 13) - (112 << 10))
}
