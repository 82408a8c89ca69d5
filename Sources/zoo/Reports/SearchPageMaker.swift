import ZooArchive
import ZooReport
import ZooRetrieve

/// Collects what a search found for its page, as many pictures as a page can bear.
struct SearchPageMaker {
  private static let most = 500
  private let index: VectorIndex
  private let pictures: Pictures?
  private let k: Int
  private var queries: [SearchPage.Query] = []
  private var left = 0

  /// - Parameter data: where the index's images are; nil for where they were embedded.
  /// - Throws: where `data` cannot be opened.
  init(index: VectorIndex, data: String?, k: Int) throws {
    (self.index, self.k) = (index, k)
    pictures = try data.map { try Pictures(given: $0) } ?? Pictures(spec: index.manifest.source?.data)
  }

  mutating func add(_ query: Int, of all: SearchQueries, _ hits: [Neighbour]) throws {
    guard (queries.count + 1) * (min(k, hits.count) + 1) <= Self.most || queries.isEmpty else { return left += 1 }
    queries.append(
      SearchPage.Query(
        item: item(try all.entry(query), all.example(query).flatMap(ExampleThumbnail.of)),
        hits: try hits.prefix(Self.most).map { hit in
          let entry = try index.entry(hit.row)
          let text = (index.manifest.metric == .hamming ? "distance " : "") + index.scoreText(hit)
          return (item(entry, pictures?.example(entry).flatMap(ExampleThumbnail.of)), text)
        }))
  }

  private func item(_ entry: JSONValue, _ thumbnail: Thumbnail?) -> SearchPage.Item {
    SearchPage.Item(name: entry["id"]?.string ?? "", label: entry["label"].map(labelText), thumbnail: thumbnail)
  }

  var page: SearchPage {
    let manifest = index.manifest
    var facts = "\(index.folder): \(grouped(manifest.count)) rows of \(manifest.dimensions), \(manifest.kind.rawValue), "
    facts += manifest.metric.rawValue
    if let source = manifest.source { facts += "; \(source.output) of \(source.model)" }
    var notes: [String] = []
    if left > 0 { notes.append("\(grouped(left)) more queries are not shown.") }
    if pictures == nil { notes.append("The images of the index are not where they were; --data says where they are.") }
    return SearchPage(title: "Search", facts: facts, queries: queries, notes: notes)
  }
}
