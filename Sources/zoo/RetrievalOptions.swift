import ArgumentParser
import ZooAlgebra
import ZooArchive
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

/// How retrieval is measured.
struct RetrievalOptions: ParsableArguments {
  @Flag(name: .customLong("retrieval"), help: "Measure search by the model's embedding: P@1, Recall@k, mAP.")
  var isWanted = false
  @Option(help: ArgumentHelp("Search these data (default: the queries themselves).", valueName: "data"))
  var database: String?
  @Option(help: ArgumentHelp("The k of Recall@k.", valueName: "1,2,4,8"))
  var recall = "1,2,4,8"
  @Option(
    name: .customLong("from"),
    help: ArgumentHelp("A head, output or activation to search by (default: as zoo embed).", valueName: "name"))
  var from: String?

  private var depths: [Int] { recall.split(separator: ",").map { Int($0) ?? 0 } }

  func validate() throws {
    guard !depths.isEmpty, depths.allSatisfy({ $0 > 0 }) else {
      throw ValidationError("--recall takes numbers such as 1,2,4,8")
    }
    guard isWanted || (database == nil && from == nil && recall == "1,2,4,8") else {
      throw ValidationError("--database, --recall and --from go with --retrieval")
    }
  }

  /// - Parameter head: whose embedding is meant, where `from` does not say.
  func measure(
    _ model: Model, data: String, head: String?, batch: Int, engine: Engine, cache: CacheFolder
  ) throws -> RetrievalReport {
    let pass = try FeaturePass(
      model, output: try model.embeddingOutput(from ?? head).name, engine: engine, batch: batch)
    return try pass.retrieval(
      try TaskData(try DataSource(spec: data)), in: try database.map { try TaskData(try DataSource(spec: $0)) },
      model: model, depths: depths, algebra: try Algebra(threads: engine.pool.threads), cache: cache)
  }
}
