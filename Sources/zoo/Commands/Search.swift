import ArgumentParser
import ZooArchive
import ZooData
import ZooReport
import ZooRetrieve

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find the nearest rows of an index.",
    discussion: """
      Every query is compared with every row: a cosine or an inner product, the largest first, or the number of bits that \
      differ, the smallest first; of equal ones the lower row comes first. Queries are images, which the model that made \
      the index embeds, or rows of an array.
      """)

  @Argument(help: ArgumentHelp("The folder that zoo index wrote.", valueName: "index"))
  var index: String
  @Option(name: .customLong("image"), help: ArgumentHelp("A JPEG, PNG or WebP file; may be repeated.", valueName: "file"))
  var images: [String] = []
  @Option(help: ArgumentHelp("The model that made the index (default: by its name in the store).", valueName: "model"))
  var model: String?
  @Option(help: ArgumentHelp("Queries as rows, as zoo embed writes them.", valueName: "file.npy"))
  var queries: String?
  @Option(name: .customShort("k"), help: ArgumentHelp("Hits for each query.", valueName: "n"))
  var count = 10
  @Flag(help: "One JSON object a line for each query.")
  var json = false
  @Option(help: ArgumentHelp("Write a page with pictures of queries and hits.", valueName: "page.html"))
  var html: String?
  @Option(help: ArgumentHelp("Where the index's images are (default: where they were embedded).", valueName: "data"))
  var data: String?
  @Flag(help: "Hash the index's files first.")
  var verify = false
  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("Search so many times and add a line with the seconds of each.", valueName: "n"))
  var rounds = 1
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard count > 0, rounds > 0 else { throw ValidationError("-k and --repeat must be at least 1") }
    guard images.isEmpty != (queries == nil) else { throw ValidationError("give either --image or --queries") }
    guard images.isEmpty == false || model == nil else { throw ValidationError("--model is for --image") }
  }

  /// Queries are searched so many at a time.
  private static let some = 4096

  func run() throws {
    try reporting {
      let opened = try VectorIndex(folder: index, verify: verify)
      let search = try ExactSearch(threads: compute.threads)
      let queries = try open(opened, search)
      var times: [Double] = []
      var page = try html.map { _ in try SearchPageMaker(index: opened, data: data, k: count) }
      let clock = ContinuousClock()
      for start in stride(from: 0, to: queries.count, by: Self.some) {
        let part = start..<min(start + Self.some, queries.count)
        var hits: [[Neighbour]] = []
        for round in 0..<rounds {
          let before = clock.now
          hits = try queries.search(part, count)
          let seconds = (clock.now - before) / .seconds(1)
          if times.count > round { times[round] += seconds } else { times.append(seconds) }
        }
        for (query, found) in zip(part, hits) {
          try show(query, of: queries, found, opened)
          try page?.add(query, of: queries, found)
        }
      }
      if rounds > 1 { tell(times, queries.count, opened, search) }
      if let html, let page { try AtomicFile.write(page.page.html(), to: html) }
    }
  }

  private func open(_ index: VectorIndex, _ search: ExactSearch) throws -> SearchQueries {
    if let queries { return try SearchQueries(array: queries, in: index, with: search) }
    guard let name = model ?? index.manifest.source?.model else {
      throw ValidationError("the index does not say which model made it; name it with --model")
    }
    return try SearchQueries(
      images: images, model: try shared.open(name), engine: try compute.open(), in: index, with: search)
  }

  private func show(_ query: Int, of queries: SearchQueries, _ hits: [Neighbour], _ index: VectorIndex) throws {
    let entry = try queries.entry(query)
    if json {
      let lines: [JSONValue] = try hits.map { hit in
        var line: JSONObject = ["row": .int(Int64(hit.row))]
        line[index.scoreName] = index.scoreValue(hit)
        for (key, value) in try index.entry(hit.row).object?.members ?? [] where line[key] == nil { line[key] = value }
        return .object(line)
      }
      return print(JSONValue.object(["query": entry["id"] ?? .null, "hits": .array(lines)]).compact())
    }
    print(visible(entry["id"]?.string ?? "\(query)"))
    for (rank, hit) in hits.enumerated() {
      let found = try index.entry(hit.row)
      let label = found["label"].map { "  (\(visible(labelText($0))))" } ?? ""
      print(
        "  \(padded(String(rank + 1), 3, right: true))  \(padded(index.scoreText(hit), 8, right: true))  "
          + "\(visible(found["id"]?.string ?? "\(hit.row)"))\(label)")
    }
  }

  private func tell(_ times: [Double], _ queries: Int, _ index: VectorIndex, _ search: ExactSearch) {
    let best = times.min() ?? 0
    if json {
      print(
        JSONValue.object([
          "queries": .int(Int64(queries)), "rows": .int(Int64(index.rows.count)), "k": .int(Int64(count)),
          "threads": .int(Int64(search.work.threads)), "seconds": .array(times.map(JSONValue.double)),
        ]).compact())
    } else {
      print(
        "\(queries) \(queries == 1 ? "query" : "queries") in \(fixed(best * 1e3, 2)) ms, the fastest of \(rounds)")
    }
  }
}

/// A label of an entry as people read it.
func labelText(_ value: JSONValue) -> String { value.string ?? value.compact() }

extension VectorIndex {
  /// What a hit's number is called.
  var scoreName: String { manifest.metric == .hamming ? "distance" : "score" }

  func scoreValue(_ hit: Neighbour) -> JSONValue {
    manifest.metric == .hamming ? .int(Int64(-hit.score)) : .double(Double(hit.score))
  }

  func scoreText(_ hit: Neighbour) -> String {
    manifest.metric == .hamming ? "\(Int(-hit.score))" : fixed(Double(hit.score), 4)
  }
}
