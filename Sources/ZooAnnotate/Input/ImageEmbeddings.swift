import ZooArchive
import ZooRecipe

/// Vectors of images in a file, and which row is which record's.
struct ImageEmbeddings {
  private let path: RecipePath
  private let rows: [String: Int32]

  /// - Throws: `RecipeError` at the path.
  init?(_ path: RecipePath?) throws {
    guard let path else { return nil }
    self.path = path
    rows = try path.read { file in
      guard file.hasSuffix(".npy") else { throw AnnotateError.file(file, "is no .npy file") }
      let names = file.dropLast(".npy".count) + ".jsonl"
      var (rows, count) = ([String: Int32](), Int32(0))
      try forEachRow(String(names), ["id"]) { values, line in
        guard let id = values[0].first else { throw AnnotateError.record(file: String(names), line: line, "'id' is missing") }
        if rows[id] == nil { rows[id] = count }
        count += 1
      }
      return rows
    }
  }

  /// - Parameters:
  ///   - id: what the record is called.
  ///   - image: the path of its image, as a data set names it.
  func row(id: String, image: String) -> Int32? { rows[id] ?? rows[image] }

  /// [N, D], all in memory.
  func values() throws -> (values: [Float], dimensions: Int) {
    try path.read { path in
      let array = try NpyArray.read(path)
      guard array.shape.count == 2, array.shape[0] >= rows.count, array.shape[1] > 0 else {
        throw AnnotateError.file(path, "has the shape \(array.shape); it must be [N, D] with N of at least \(rows.count)")
      }
      return (try array.floats(), array.shape[1])
    }
  }
}
