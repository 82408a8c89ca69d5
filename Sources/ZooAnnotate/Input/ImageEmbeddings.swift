import ZooArchive
import ZooRecipe

/// Vectors of images in a file, and which row is which record's.
struct ImageEmbeddings {
  private let path: RecipePath
  private let rows: [String: Int32]

  /// The array, and the names of its rows beside it.
  /// - Throws: `RecipeError` at the path.
  static func files(_ path: RecipePath) throws -> [String] {
    try path.read { file in
      guard file.hasSuffix(".npy") else { throw AnnotateError.file(file, "is no .npy file") }
      return [file, file.dropLast(".npy".count) + ".jsonl"]
    }
  }

  /// - Throws: `RecipeError` at the path.
  init?(_ path: RecipePath?) throws {
    guard let path else { return nil }
    self.path = path
    let names = try Self.files(path)[1]
    rows = try path.read { _ in
      var (rows, count) = ([String: Int32](), Int32(0))
      try forEachRow(names, ["id"]) { values, line in
        guard let id = values[0].first else { throw AnnotateError.record(file: names, line: line, "'id' is missing") }
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
