import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooRetrieve
import ZooTrain

/// What is searched for: rows of an array, or images that a model embeds.
struct SearchQueries {
  let count: Int
  /// An object with `id` for each, in order.
  let entry: (Int) throws -> JSONValue
  let example: (Int) -> Example?
  /// The hits of some of them.
  let search: (Range<Int>, _ k: Int) throws -> [[Neighbour]]

  /// Rows of an npy file, with the identities beside it where there are any.
  init(array path: String, in index: VectorIndex, with search: ExactSearch) throws {
    let known = try EmbeddingSource.beside(path)
    try index.check(madeBy: known?.source.model, known?.source.modelDigest)
    // Codes do not tell how many of their last bits count.
    let bits = index.manifest.kind == .bits
    let rows: Embeddings
    do { rows = try Embeddings(path: path, dimensions: known?.dimensions) } catch let error as RetrieveError where bits {
      guard let codes = try? Embeddings(path: path, dimensions: index.manifest.dimensions) else { throw error }
      rows = codes
    }
    let ids = try? MappedLines(path: fileBeside(path, ".jsonl"))
    if let ids, ids.count != rows.count {
      throw RetrieveError.array(file: ids.path, "has \(ids.count) lines, \(path) has \(rows.count) rows")
    }
    count = rows.count
    let entry: (Int) throws -> JSONValue = { row in try ids.map { try $0.json(row) } ?? ["id": .string(String(row))] }
    self.entry = entry
    let pictures = Pictures(spec: known?.source.data)
    example = { row in (try? entry(row)).flatMap { pictures?.example($0) } }
    self.search = { part, k in try index.nearest(rows: part, of: rows, k: k, with: search) }
  }

  /// Images that are embedded as the index's rows were.
  init(
    images: [String], model: Model, engine: Engine, in index: VectorIndex, with search: ExactSearch
  ) throws {
    let source = index.manifest.source
    try index.check(madeBy: model.origin.archive?.name, model.origin.archive?.digest)
    let dataset = ImageListDataset(paths: images)
    let pass = try FeaturePass(
      model, output: try model.embeddingOutput(source?.output).name, engine: engine, batch: min(images.count, 8))
    guard pass.width == index.manifest.dimensions else {
      throw RetrieveError.queries(
        "'\(pass.output)' has \(pass.width) numbers, the index \(index.folder) has \(index.manifest.dimensions) dimensions")
    }
    var values: [Float] = []
    try pass.run(over: dataset, transform: try model.config.evaluationTransform()) { values += $0.values }
    // As the rows were; codes are the same either way.
    if source?.isUnit == true { values = try unitRows(values, dimensions: pass.width, file: "the images") }
    count = images.count
    entry = { ["id": .string(images[$0])] }
    example = { try? dataset.example(at: $0) }
    let (all, width) = (values, pass.width)
    self.search = { part, k in
      try index.nearest(
        floats: Array(all[part.lowerBound * width..<part.upperBound * width]), k: k, with: search, name: "the images")
    }
  }
}

extension VectorIndex {
  /// - Throws: where queries are another model's than the rows.
  fileprivate func check(madeBy name: String?, _ digest: String?) throws {
    guard let source = manifest.source, let wanted = source.modelDigest, let digest, wanted != digest else { return }
    throw RetrieveError.queries(
      "the index \(folder) was made by model \(source.model) (\(wanted.prefix(12))), "
        + "not by \(name ?? "this one") (\(digest.prefix(12)))")
  }
}

/// The images that rows were made of, as far as they are still there.
struct Pictures {
  private let dataset: any Dataset

  /// nil where nobody said which data, or they cannot be opened.
  init?(spec: String?) {
    guard let spec, let source = try? DataSource(spec: spec), let data = try? TaskData(source) else { return nil }
    dataset = data.dataset
  }

  init(given spec: String) throws { dataset = try TaskData(try DataSource(spec: spec)).dataset }

  /// The image of an entry with `id` and `index`; nil where the data have another one there by now.
  func example(_ entry: JSONValue) -> Example? {
    guard let index = entry["index"]?.int, let id = entry["id"]?.string, (0..<Int64(dataset.count)).contains(index),
      dataset.name(at: Int(index)) == id
    else { return nil }
    return try? dataset.example(at: Int(index))
  }
}
