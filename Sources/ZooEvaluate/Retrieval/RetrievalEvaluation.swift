import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooRetrieve
import ZooTrain

/// What retrieval by a model's embedding is worth, with numbers and with one bit a dimension.
public struct RetrievalReport: Sendable {
  public let output: String
  public let dimensions: Int
  public let queries: Int
  /// Rows searched; nil where the queries are searched themselves, each without itself.
  public let database: Int?
  public let float: RetrievalMetrics
  public let binary: RetrievalMetrics
}

extension FeaturePass {
  /// Searches labelled data by the cosine of embeddings and by the Hamming distance of their codes.
  ///
  /// - Parameters:
  ///   - database: nil to search the queries themselves, each without itself.
  ///   - depths: the k of Recall@k.
  ///   - cache: where embeddings are kept; nil for nowhere.
  /// - Throws: `TrainError.input` where no query has a class that the database has.
  public func retrieval(
    _ queries: TaskData, in database: TaskData? = nil, model: Model, depths: [Int], algebra: Algebra,
    cache: CacheFolder?, progress: (Int) -> Void = { _ in }
  ) throws -> RetrievalReport {
    var names: [String: Int32] = [:]
    let asked = try labelled(queries, model, &names, cache, progress)
    let searched = try database.map { try labelled($0, model, &names, cache, progress) }
    guard let float = try algebra.retrieval(asked, in: searched, depths: depths),
      let binary = try algebra.retrieval(asked.codes, in: searched?.codes, depths: depths)
    else { throw TrainError.input(file: queries.dataset.origin, "no example has another of its class to be found") }
    return RetrievalReport(
      output: output, dimensions: width, queries: asked.labels.count, database: searched?.labels.count, float: float,
      binary: binary)
  }

  /// Unit rows and classes; examples without a class, or that could not be read, are left out. Classes of both sets are
  /// matched by name.
  private func labelled(
    _ data: TaskData, _ model: Model, _ names: inout [String: Int32], _ cache: CacheFolder?, _ progress: (Int) -> Void
  ) throws -> LabelledEmbeddings {
    let dataset = data.dataset
    guard dataset.columns.first?.kind == .classes else {
      throw DataError.noClasses(
        dataSet: dataset.origin, column: dataset.columns.first?.name ?? "", kind: dataset.columns.first?.kind ?? .vector)
    }
    let transform = try data.evaluationTransform(for: model)
    let features = try features(of: dataset, transform: transform, cache: cache, progress: progress)
    var (values, labels) = ([Float](), [Int32]())
    for row in 0..<dataset.count {
      let label = dataset.label(at: row)
      let numbers = features.rows.row(row)
      guard label >= 0, numbers.first?.isNaN != true else { continue }
      let name = dataset.className(label)
      let number = names[name] ?? Int32(names.count)
      names[name] = number
      labels.append(number)
      values += try unitRows(Array(numbers), dimensions: width, first: row, file: dataset.origin)
    }
    return LabelledEmbeddings(
      rows: try Matrix(rows: labels.count, columns: width, values: values), labels: labels)
  }
}
