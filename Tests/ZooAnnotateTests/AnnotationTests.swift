import Testing
import ZooAnnotate
import ZooArchive
import ZooRecipe

private let plain = """
  input: {format: jsonl, path: records.jsonl}
  signals: {title: {trust: 0.8}, tags: {trust: 0.5}}
  dictionary: {file: terms.csv}
  clusters: {method: none, head-records: 1}
  split: {held-out: 0}

  """
/// Only the signals' trust counts.
private let onlySource = [
  "scores.source=1", "scores.agreement=0", "scores.company=0", "scores.support=0", "scores.contradiction=0",
  "scores.bias=0", "scores.threshold=0",
]

@Suite("Annotation")
struct AnnotationTests {
  @Test func scoresAreWhatTheirFormulaSays() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term,canonical\nred,\nrouge,red\ncar,\n")
    try desk.write(
      "records.jsonl",
      line([("image", "a.jpg"), ("title", "A red car"), ("tags", ["rouge", "Paris"])])
        + line([("image", "b.jpg"), ("title", "nothing"), ("tags", ["car"])]))
    let done = try desk.annotate(plain, onlySource)
    let records = try done.records()
    // red: 1 - 0.2 · 0.5 = 0.9; car: 0.8, 0.5; and 1 / (1 + e^-x) of these.
    #expect(records[0]["labels"]?["red"]?.number == 0.7109)
    #expect(records[0]["labels"]?["car"]?.number == 0.69)
    #expect(records[1]["labels"]?["car"]?.number == 0.6225)
    #expect(records[0]["label"] == "red")
    #expect(done.report.terms == 2)
    let strict = try desk.annotate(plain, onlySource.dropLast() + ["scores.threshold=0.7"], to: "strict.tar")
    #expect(try strict.labels() == ["a.jpg": ["red"]])
    #expect(strict.report.unlabelled == 1)
  }

  @Test func aDictionaryIsBuiltOfThePhrases() throws {
    let desk = try Desk()
    var text = ""
    // In 300 records: "red wine" 120 times together; "wine" 30 times alone, "red" 30; "wines" 12; a misspelling 6 times;
    // "bottle" 2 times, which is too few; "photo" in all, which is too many.
    for index in 0..<300 {
      let said =
        switch index {
        case ..<120: "red wine"
        case ..<150: "a wine glass number\(index)"
        case ..<180: "red, the"
        case ..<192: "wines"
        case ..<198: "landscpae"
        case ..<298: "landscape"
        default: "bottle"
        }
      text += line([("image", .string("\(index).jpg")), ("title", .string("photo; \(said)"))])
    }
    try desk.write("records.jsonl", text)
    try desk.write("stop.txt", "a # article\nthe\n")
    let done = try desk.annotate(
      """
      input: {format: jsonl, path: records.jsonl}
      signals: {title: }
      stop-lists: [stop.txt]
      dictionary: {records: 5, largest-share: 0.9, spelling-ratio: 10}
      counting: {columns: 4096}
      clusters: {method: none, head-records: 1}
      scores: {threshold: 0}
      """)
    let labels = try done.json("labels.json").array ?? []
    // wine: 120 + 30 + 12; red: 120 + 30; landscape: 100 + 6. "wine glass": log(0.1 / (0.5 · 0.1)) / -log 0.1 = 0.30 < 0.4,
    // "red wine": log(0.4 / (0.5 · 0.5)) / -log 0.4 = 0.51.
    #expect(labels.compactMap { $0["name"]?.string } == ["wine", "red", "red wine", "landscape", "glass"])
    #expect(labels.compactMap { $0["images"]?.int } == [162, 150, 120, 106, 30])
    let leftOut = Dictionary(uniqueKeysWithValues: done.report.leftOut.map { ($0.reason, $0.count) })
    #expect(leftOut["too common"] == 1)
    #expect(leftOut["plurals"] == 1)
    #expect(leftOut["misspelt"] == 1)
    #expect(leftOut["loose phrases"] == 1)
  }

  @Test func nestedTermsCountWhereTheyShall() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\nred wine\n")
    try desk.write("records.jsonl", line([("image", "a"), ("title", "red wine")]) + line([("image", "b"), ("title", "red")]))
    #expect(try desk.annotate(plain, onlySource).labels() == ["a": ["red wine"], "b": ["red"]])
    let both = try desk.annotate(plain, onlySource + ["dictionary.nested=true"], to: "both.tar").labels()
    #expect(Set(both["a"] ?? []) == ["red", "red wine"])
  }

  @Test func languagesChooseRecordsAndMeanings() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term,canonical,language\ngift,present,en\ngift,poison,de\n")
    try desk.write(
      "records.jsonl",
      line([("image", "a"), ("title", "gift"), ("lang", "en")]) + line([("image", "b"), ("title", "Gift"), ("lang", "de")])
        + line([("image", "c"), ("title", "gift"), ("lang", "fr")]) + line([("image", "d"), ("title", "gift")]))
    let settings = onlySource + ["language.field=lang", "language.keep=[en, de]"]
    let done = try desk.annotate(plain, settings)
    #expect(try done.labels() == ["a": ["present"], "b": ["poison"], "d": ["poison", "present"]])
    #expect(done.report.foreign == 1)
    let known = try desk.annotate(plain, settings + ["language.if-unknown=false"], to: "known.tar")
    #expect(try known.labels().keys.sorted() == ["a", "b"])
  }

  @Test func formatsAreAlike() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\ncar\n")
    try desk.write(
      "records.jsonl", line([("image", "1.jpg"), ("title", "red \"car\"")]) + line([("image", "2.jpg"), ("title", "car,\nred")]))
    try desk.write("records.csv", "image,title\n1.jpg,\"red \"\"car\"\"\"\n2.jpg,\"car,\nred\"\n")
    let tar = try TarWriter("\(desk.path)/records-0.tar")
    for (name, text) in [("1", "red \"car\""), ("2", "car,\nred")] {
      try tar.add("\(name).jpg", bytes: [1, 2, 3])
      try tar.add("\(name).json", bytes: Array(line([("title", .string(text))]).utf8))
    }
    try tar.finish()
    let lines = try desk.annotate(plain, onlySource)
    let table = try desk.annotate(plain, onlySource + ["input.format=csv", "input.path=records.csv"], to: "csv.tar")
    #expect(try table.labels() == lines.labels())
    let shards = try desk.annotate(plain, onlySource + ["input.format=webdataset", "input.path=records-*.tar"], to: "w.tar")
    #expect(try shards.labels() == lines.labels())
    let first = try #require(try shards.records().first)
    #expect(first["shard"] == "records-0.tar")
    #expect(first["size"] == 3)
  }

  @Test func embeddedImagesAreTheOnesThatWere() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\n")
    try desk.write("1.jpg", [9, 8, 7])
    try desk.write("records.jsonl", line([("image", "1.jpg"), ("title", "red")]))
    let done = try desk.annotate(plain, onlySource + ["output.images=embed"])
    #expect(try done.records().first?["image"] == "images/000000000.jpg")
    #expect(try done.tar.bytes(of: try done.tar.required("images/000000000.jpg")) == [9, 8, 7])
  }

  @Test func aSampleFitsTheScores() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term\n" + (0..<10).map { "thing\($0)\n" }.joined())
    // The title is always right and the tags never.
    var (records, judged) = ("", "")
    for index in 0..<200 {
      let (right, wrong) = ("thing\(index % 10)", "thing\((index + 1 + index / 10 % 9) % 10)")
      records += line([("image", .string("\(index)")), ("title", .string(right)), ("tags", .string(wrong))])
      if index % 4 == 0 { judged += line([("id", .string("\(index)")), ("labels", [.string(right)])]) }
    }
    try desk.write("records.jsonl", records)
    try desk.write("judged.jsonl", judged)
    let done = try desk.annotate(plain, ["scores.sample={path: judged.jsonl}", "scores.precision=0.95", "truth={path: judged.jsonl}"])
    // Each record by weights that were fitted without it.
    #expect(done.report.sample?.f1 ?? 0 > 0.95)
    #expect(done.report.sampleMatching == Quality(right: 50, wrong: 50, missed: 0))
    #expect(done.report.truth == Quality(right: 50, wrong: 0, missed: 0))
    #expect(done.report.truthMatching == Quality(right: 50, wrong: 50, missed: 0))
    #expect(try done.labels().values.allSatisfy { $0.count == 1 })
  }
}
