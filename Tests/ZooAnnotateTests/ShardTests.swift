import Testing
import ZooAnnotate
import ZooArchive
import ZooData
import ZooRecipe

/// Records with words by Zipf's law, some of them broken.
private func corpus(_ count: Int, seed: UInt64) -> String {
  var random = CounterRandom(seed: seed)
  func word() -> String {
    let rank = Int(1 / (random.uniform() * 0.02 + 0.0005))
    return "w" + String(rank, radix: 36) + "ord"
  }
  var text = ""
  for index in 0..<count {
    let title = (0..<3 + random.integer(below: 5)).map { _ in word() }.joined(separator: random.chance(0.1) ? ", " : " ")
    var fields: [(String, JSONValue)] = [("image", .string("\(index).jpg")), ("title", .string(title))]
    fields.append(("tags", .array((0..<random.integer(below: 4)).map { _ in .string(word()) })))
    fields.append(("link", .string("http://x/\(random.integer(below: count * 4))")))
    fields.append(("board", .string("b\(random.integer(below: 40))")))
    if random.chance(0.01) { fields.append(("title", 7)) }
    text += random.chance(0.01) ? "{broken\n" : line(fields)
  }
  return text
}

private let recipe = """
  input: {format: jsonl, path: 'part-*.jsonl', url: link, group: board}
  signals: {title: {trust: 0.8, weight: 2}, tags: {trust: 0.6}}
  text: {words: 3}
  dictionary: {records: 3, largest-share: 0.9}
  counting: {columns: 8192, candidates: 500, pairs-in-memory: 1024}
  clusters: {method: none, head-records: 3}
  scores: {sample: {path: judged.jsonl}}
  truth: {path: judged.jsonl}
  duplicates: {text: true}
  split: {held-out: 0.2}
  sampling: {method: square-root, share: 0.05}

  """

private func prepare(_ desk: Desk) throws {
  // One file is larger than the others together.
  try desk.write("part-0.jsonl", corpus(700, seed: 1))
  try desk.write("part-1.jsonl", corpus(60, seed: 2))
  try desk.write("part-2.jsonl", "")
  try desk.write("part-3.jsonl", corpus(40, seed: 3))
  try desk.write(
    "judged.jsonl", (0..<30).map { line([("id", .string("\($0).jpg")), ("labels", ["w1cord", "w1dord"])]) }.joined())
}

@Suite("Shards")
struct ShardTests {
  @Test(arguments: [2, 8, 13]) func shardsAndMergeAreOnePass(_ shards: Int) throws {
    let desk = try Desk()
    try prepare(desk)
    let whole = try desk.annotate(recipe, to: "whole.tar")
    #expect(whole.report.broken > 5)
    #expect(whole.report.duplicates > 20)
    #expect(whole.report.labels.count > 50)
    try desk.annotate(recipe, shards: shards, to: "shards.tar")
    #expect(try desk.bytes("whole.tar") == desk.bytes("shards.tar"))
  }

  /// Images' vectors are found by record and added up in the order of records; they may be as long as those of wide trunks.
  @Test func similarityByImagesIsTheSameForAnyShards() throws {
    let desk = try Desk()
    try prepare(desk)
    let (rows, dimensions) = (60, 4200)
    var random = CounterRandom(seed: 4)
    try NpyArray.write(
      path: "\(desk.path)/x.npy", floats: (0..<rows * dimensions).map { _ in Float(random.uniform()) }, shape: [rows, dimensions])
    let names = (0..<rows).map { line([("id", .string("\($0).jpg")), ("index", .int(Int64($0)))]) }
    try desk.write("x.jsonl", names.joined())
    let byTexts = recipe.replacing("{method: none, head-records: 3}", with: "{method: k-means, clusters: 6, head-records: 60}")
      .replacing("{records: 3,", with: "{records: 12,")
    let byImages = byTexts.replacing("clusters: 6", with: "clusters: 6, embeddings: x.npy, image-share: 1")
    _ = try desk.annotate(byTexts, to: "texts.tar")
    _ = try desk.annotate(byImages, to: "whole.tar")
    try desk.annotate(byImages, shards: 3, to: "shards.tar")
    #expect(try desk.bytes("whole.tar") == desk.bytes("shards.tar"))
    #expect(try desk.bytes("whole.tar") != desk.bytes("texts.tar"))

    // Which row is whose is part of the job, as the rows are.
    let digest = try AnnotationJob(try desk.recipe(byImages)).digest
    try desk.write("x.jsonl", names.reversed().joined())
    #expect(try AnnotationJob(try desk.recipe(byImages)).digest != digest)
    try desk.write("x.jsonl", (names + names.map { $0.replacing("jpg", with: "png") }).joined())
    #expect(throws: RecipeError.self) { try desk.annotate(byImages, to: "more.tar") }
  }

  @Test func theSplitKeepsGroupsTogether() throws {
    let desk = try Desk()
    try prepare(desk)
    // Duplicates would join most of the groups.
    let records = try desk.annotate(recipe, ["duplicates={id: false, url: false, text: false}"]).records()
    var sides: [String: Set<String>] = [:]
    for record in records { sides[record["group"]?.string ?? "", default: []].insert(record["part"]?.string ?? "") }
    #expect(sides.values.allSatisfy { $0.count == 1 })
    #expect(Set(sides.values.joined()) == ["train", "held-out"])
  }

  @Test func aStoppedRunGoesOn() throws {
    struct Stop: Error {}
    let desk = try Desk()
    try prepare(desk)
    let job = try AnnotationJob(try desk.recipe(recipe))
    let run = AnnotationRun(job, output: "\(desk.path)/out.tar")
    #expect(throws: Stop.self) {
      try run.run { round, records in if round == .counts, records == 0 { throw Stop() } } page: { _ in "page" }
    }
    #expect(!desk.exists("out.tar"))
    var done: [Round] = []
    try run.run { round, records in if records == nil { done.append(round) } } page: { _ in "page" }
    #expect(done == [.sketch, .terms])
    #expect(!desk.exists("out.tar.work"))
    _ = try desk.annotate(recipe, to: "whole.tar")
    #expect(try desk.bytes("whole.tar") == desk.bytes("out.tar"))
  }

  @Test func partsThatDoNotBelongTogetherAreRefused() throws {
    let desk = try Desk()
    try prepare(desk)
    func part(_ index: Int, of count: Int, _ settings: [String] = []) throws -> Part {
      let path = "\(desk.path)/\(index)-\(count)-\(settings.count).part"
      try AnnotationJob(try desk.recipe(recipe, settings)).map(try ShardNumber(index, of: count), after: nil, to: path)
      return try Part(path)
    }
    func refusal(_ parts: [Part]) -> String {
      do {
        try mergeParts(parts, to: "\(desk.path)/merged") { _ in "" }
        return "none"
      } catch { return "\(error)" }
    }
    let (first, second) = (try part(0, of: 3), try part(1, of: 3))
    #expect(refusal([first, second]) == "shard 2/3 is missing among the parts")
    #expect(refusal([first, first, second]).hasSuffix("is the same shard (0/3) as \(first.path)"))
    #expect(refusal([first, try part(1, of: 2)]).hasSuffix("is not one of 3 shards, as \(first.path) is"))
    #expect(refusal([first, try part(1, of: 3, ["text.words=2"])]).contains("another recipe or other records"))
    #expect(!desk.exists("merged"))
    #expect(throws: AnnotateError.self) {
      try AnnotationJob(try desk.recipe(recipe)).map(.whole, after: first, to: "\(desk.path)/next")
    }
  }
}
