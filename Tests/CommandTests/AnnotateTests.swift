import Testing
import ZooArchive
import ZooPictures

private let recipe = """
  input: {format: jsonl, path: records.jsonl}
  signals: {title: {trust: 0.9}, tags: }
  dictionary: {file: terms.csv}
  clusters: {method: none, head-records: 1}
  split: {held-out: 0}
  scores: {threshold: 0.1}

  """

@Suite("Annotate")
struct AnnotateTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.write("recipe.yaml", recipe)
    try shop.write("terms.csv", "term,canonical\nred,\nrouge,red\nblue,\n")
    try shop.write(
      "records.jsonl",
      """
      {"image": "a.png", "title": "Red!", "tags": ["rouge"]}
      {"image": "b.png", "title": "blue"
      {"image": "c.png", "title": "bleu", "tags": ["blue"]}

      """)
    return shop
  }

  @Test func allRounds() throws {
    let shop = try shop()
    #expect(
      try shop.done("annotate", "recipe.yaml", "-o", "out.tar") == """
        records     2 read, 1 broken, 0 in other languages, 0 duplicates
        labels      2 (0 clusters) from 2 terms
        images      2, 0 of them held out; 0 without a label are left out
        broken: records.jsonl:2: the text ends too early, at byte 35
        wrote out.tar

        """)
    #expect(shop.files() == ["out.tar", "recipe.yaml", "records.jsonl", "terms.csv"])
    #expect(
      try shop.refused(1, "annotate", "recipe.yaml", "-o", "out.tar")
        == "error: out.tar: already exists; give another --output, or --overwrite\n")
  }

  @Test func shardsAndMerge() throws {
    let shop = try shop()
    try shop.done("annotate", "recipe.yaml", "-o", "whole.tar")
    for index in 0..<2 { try shop.done("annotate", "recipe.yaml", "--shard", "\(index)/2", "-o", "c\(index)") }
    try shop.done("annotate", "merge", "c0", "c1", "-o", "counts")
    for index in 0..<2 {
      try shop.done("annotate", "recipe.yaml", "--shard", "\(index)/2", "--after", "counts", "-o", "l\(index)")
    }
    try shop.done("annotate", "merge", "l1", "l0", "-o", "shards.tar")
    #expect(try shop.bytes("whole.tar") == shop.bytes("shards.tar"))
  }

  /// Terms without company fold by what their images look like, in files of either kind.
  @Test(arguments: ["jsonl", "webdataset"]) func termsFoldByTheirImages(_ format: String) throws {
    let shop = try Workshop()
    try shop.furnish()
    let terms = ["alder", "birch", "cedar", "daisy", "elder", "fennel", "grape", "hazel"]
    try shop.write("terms.csv", "term\n" + terms.joined(separator: "\n") + "\n")
    var (records, members) = ("", [String]())
    for index in 0..<24 {
      let (term, shade) = (index % 8, UInt8(150 + 4 * index))
      try shop.write(
        "images/\(index).png",
        PNG.plain(width: 16, height: 16, red: term < 4 ? shade : 0, green: 10, blue: term < 4 ? 0 : shade))
      let object = #"{"image": "images/\#(index).png", "title": "\#(terms[term])"}"# + "\n"
      try shop.write("images/\(index).json", object)
      records += object
      members += ["\(index).json", "\(index).png"]
    }
    try shop.write("records.jsonl", records)
    #expect(try shop.shell("cd images && tar cf ../shard-0.tar \(members.joined(separator: " "))").code == 0)
    let file = format == "jsonl" ? "records.jsonl" : "shard-0.tar"
    try shop.done(
      "embed", "tiny.tar", "--data", "{format: \(format), path: \(file), label: title}", "-o", "x.npy")
    try shop.write(
      "recipe.yaml",
      """
      input: {format: \(format), path: \(file)}
      signals: {title: }
      dictionary: {file: terms.csv}
      clusters: {method: k-means, clusters: 2, head-records: 100}
      split: {held-out: 0}
      scores: {threshold: 0.01}

      """)

    /// Terms by the label that all their images have.
    func labels(_ output: String, _ more: String...) throws -> Set<Set<String>> {
      let outcome = try shop.zoo(["annotate", "recipe.yaml", "-o", output] + more)
      try #require(outcome.code == 0, "\(outcome.errors)")
      let tar = try TarReader(shop.path + "/" + output)
      let space = try JSONValue(parsing: try tar.bytes(of: try tar.required("labels.json")), file: output)
      return Set((space.array ?? []).map { Set(($0["terms"]?.array ?? []).compactMap(\.string)) })
    }
    #expect(try labels("texts.tar") == [Set(terms)])
    let embeddings = ["--set", "clusters.embeddings=x.npy"]
    #expect(try labels("images.tar", embeddings[0], embeddings[1]) == [Set(terms[..<4]), Set(terms[4...])])
    #expect(
      try shop.refused(1, ["annotate", "recipe.yaml", "-o", "o.tar", "--set", "clusters.embeddings=y.npy"]).contains("y.npy"))
    #expect(
      try shop.refused(1, ["annotate", "recipe.yaml", "-o", "o.tar", "--set", "clusters.embeddings=terms.csv"]).contains(
        "terms.csv: is no .npy file"))
  }

  @Test func mistakes() throws {
    let shop = try shop()
    #expect(
      try shop.refused(2, "annotate", "recipe.yaml", "--set", "signals.title.trust=2", "-o", "out.tar").hasPrefix(
        "error: --set signals.title.trust=2: 'signals.title.trust' must be a number from 0.0 to 1.0, not the number 2"))
    #expect(
      try shop.refused(1, "annotate", "recipe.yaml", "--set", "dictionary.file=tems.csv", "-o", "out.tar").contains("tems.csv"))
    #expect(
      try shop.refused(1, "annotate", "recipe.yaml", "--set", "input.broken=error", "-o", "out.tar")
        == "error: records.jsonl:2: the text ends too early, at byte 35\n")
    #expect(try shop.refused(2, "annotate", "recipe.yaml", "--shard", "2/2", "-o", "p").contains("shards of n are 0/n to (n-1)/n"))
    #expect(try shop.refused(1, "annotate", "merge", "recipe.yaml", "-o", "p").hasPrefix("error: recipe.yaml: "))
  }

  /// Images with texts of which 30 % of the mentions are wrong, in three languages: labels are far better than matching.
  @Test func theGeneratedCorpusIsLabelledWell() throws {
    let shop = try Workshop()
    let made = try shop.shell(
      """
      "$(dirname "$ZOO")/zoo-glyphs" corpus --count 10000 --seed 1 --text-only -o corpus &&
      head -500 corpus/truth.jsonl > corpus/judged.jsonl && tail -n +501 corpus/truth.jsonl > corpus/others.jsonl
      """)
    try #require(made.code == 0, "\(made.errors)")
    try shop.write(
      "recipe.yaml",
      """
      input: {format: jsonl, path: corpus/records-*.jsonl, image: key}
      signals:
        title: {weight: 3, trust: 0.8}
        alt: {weight: 2, trust: 0.7}
        description: {trust: 0.6}
        board: {trust: 0.5}
        queries: {trust: 0.5}
      dictionary: {file: corpus/dictionary.jsonl}
      scores: {sample: {path: corpus/judged.jsonl, id: key}}
      truth: {path: corpus/others.jsonl, id: key}
      clusters: {head-records: 1}

      """)
    let report = try JSONValue(parsing: try shop.done("annotate", "recipe.yaml", "--json", "-o", "out.tar"), file: "report")
    let labels = try #require(report["truth"]?["labels"]?["f1"]?.number)
    let matching = try #require(report["truth"]?["dictionary_matching"]?["f1"]?.number)
    #expect(labels >= 0.85)
    #expect(labels > matching + 0.15)
    #expect(report["truth"]?["labels_by_name"]?["f1"]?.number == labels)
  }
}
