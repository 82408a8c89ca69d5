import Testing
import ZooArchive

/// Rare terms of the generated corpus fold into clusters of their true kind, by the company they keep alone.
@Suite struct ClusterPurityTests {
  @Test(arguments: ["k-means", "agglomerative, linkage: ward"])
  func rareTermsFoldWithTheirKind(_ method: String) throws {
    let shop = try Workshop()
    let made = try shop.shell(
      "\"$(dirname \"$ZOO\")/zoo-glyphs\" corpus --count 10000 --seed 1 --text-only -o corpus")
    try #require(made.code == 0, "\(made.errors)")
    try shop.write(
      "recipe.yaml",
      """
      input: {format: jsonl, path: corpus/records-*.jsonl, image: key}
      signals: {title: {}, alt: {}, description: {}, board: {}, queries: {}}
      dictionary: {file: corpus/dictionary.jsonl}
      clusters: {method: \(method), head-records: 250, clusters: 30}

      """)
    _ = try shop.done("annotate", "recipe.yaml", "-o", "out.tar")
    let read = try shop.shell("tar xOf out.tar labels.json && echo && cat corpus/concepts.jsonl")
    let parts = read.output.split(separator: "\n]\n", maxSplits: 1)
    try #require(parts.count == 2)
    var families: [String: String] = [:]
    for line in parts[1].split(separator: "\n") {
      let concept = try JSONValue(parsing: Array(line.utf8), file: "concepts.jsonl")
      if concept["kind"]?.string == "species", let label = concept["label"]?.string {
        families[label] = concept["family"]?.string
      }
    }
    let labels = try JSONValue(parsing: Array((parts[0] + "\n]").utf8), file: "labels.json")
    var (terms, pure, clusters) = (0, 0, 0)
    for label in labels.array ?? [] where label["kind"]?.string == "cluster" {
      var counts: [String: Int] = [:]
      for term in label["terms"]?.array ?? [] {
        if let family = families[term.string ?? ""] { counts[family, default: 0] += 1 }
      }
      clusters += 1
      terms += counts.values.reduce(0, +)
      pure += counts.values.max() ?? 0
    }
    // One more may hold the terms that nothing is known of.
    #expect((30...31).contains(clusters))
    #expect(terms > 550)
    // Of 18 families; terms thrown together at random have 0.15.
    #expect(Double(pure) / Double(max(terms, 1)) > 0.6)
  }
}
