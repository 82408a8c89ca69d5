import ZooArchive

/// An index: a folder with rows, an identity for each, and what they are. Rows are mapped, not loaded.
public struct VectorIndex: Sendable {
  public let folder: String
  public let manifest: IndexManifest
  public let rows: Embeddings
  private let ids: MappedLines

  /// - Parameter verify: whether both files are hashed, which reads them whole.
  /// - Throws: `RetrieveError.index` for files that are not what the manifest says, `ArchiveError` for unreadable ones.
  public init(folder: String, verify: Bool = false) throws {
    self.folder = folder
    manifest = try IndexManifest(path: folder + "/" + IndexManifest.file)
    let (vectors, lines) = (folder + "/" + IndexManifest.vectors, folder + "/" + IndexManifest.ids)
    for (path, member) in [(vectors, manifest.vectors), (lines, manifest.ids)] {
      let size = try regularFileSize(path)
      guard size == member.size else {
        throw RetrieveError.index(path, "has \(size) bytes, the index says \(member.size)")
      }
      guard verify else { continue }
      let digest = try Digest.sha256(file: path)
      guard digest == member.sha256 else {
        throw RetrieveError.index(
          path, "damaged: SHA-256 is \(digest.prefix(12))…, the index says \(member.sha256.prefix(12))…")
      }
    }
    rows = try Embeddings(path: vectors, dimensions: manifest.dimensions)
    guard rows.kind == manifest.kind else {
      throw RetrieveError.index(vectors, "holds \(rows.kind.rawValue), the index says \(manifest.kind.rawValue)")
    }
    guard rows.count == manifest.count else {
      throw RetrieveError.index(vectors, "has \(rows.count) rows, the index says \(manifest.count)")
    }
    ids = try MappedLines(path: lines)
    guard ids.count == manifest.count else {
      throw RetrieveError.index(lines, "has \(ids.count) lines, the index says \(manifest.count)")
    }
  }

  /// What is known of a row: an object with `id`.
  public func entry(_ row: Int) throws -> JSONValue { try ids.json(row) }

  /// The `k` nearest rows of each query, with the index's metric.
  ///
  /// - Parameters:
  ///   - queries: [count, dimensions] as floats, whatever the index holds: they become codes where it holds codes.
  ///   - name: where they come from, for errors.
  public func nearest(floats queries: [Float], k: Int, with search: ExactSearch, name: String) throws -> [[Neighbour]] {
    let width = manifest.dimensions
    guard queries.count % width == 0 else {
      throw RetrieveError.queries("\(name): queries do not have the index's \(width) dimensions")
    }
    switch manifest.metric {
    case .hamming:
      try checkFinite(queries, dimensions: width, first: 0, file: name)
      return try search.nearest(codes: oneBitCodes(queries, dimensions: width), in: rows, k: k)
    case .cosine:
      return try search.nearest(floats: try unitRows(queries, dimensions: width, file: name), in: rows, k: k)
    case .dot:
      try checkFinite(queries, dimensions: width, first: 0, file: name)
      return try search.nearest(floats: queries, in: rows, k: k)
    }
  }

  /// The same for rows of another array: floats or codes for an index of codes, floats for any other.
  public func nearest(rows part: Range<Int>, of queries: Embeddings, k: Int, with search: ExactSearch) throws -> [[Neighbour]] {
    guard queries.dimensions == manifest.dimensions else {
      throw RetrieveError.queries(
        "\(queries.path): has \(queries.dimensions) dimensions, the index \(folder) has \(manifest.dimensions)")
    }
    if queries.kind == .bits {
      guard manifest.kind == .bits else {
        throw RetrieveError.queries("\(queries.path): holds one-bit codes, the index \(folder) holds \(manifest.kind.rawValue)")
      }
      return try search.nearest(codes: try queries.bytes(part), in: rows, k: k)
    }
    return try nearest(floats: try queries.floats(part), k: k, with: search, name: queries.path)
  }
}
