import Testing
import ZooAnnotate
import ZooArchive
import ZooData
import ZooPictures
import ZooRecipe

private let recipe = """
  input: {format: jsonl, path: records.jsonl, url: link, group: board}
  signals: {title: }
  dictionary: {file: terms.csv}
  clusters: {method: none, head-records: 1}
  scores: {threshold: 0}
  split: {held-out: 0}

  """

@Suite("Labels out")
struct OutputTests {
  private func desk(_ records: [[(String, JSONValue)]]) throws -> Desk {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\nblue\ngreen\n")
    try desk.write("records.jsonl", records.map(line).joined())
    return desk
  }

  @Test func duplicatesStayOnce() throws {
    let desk = try desk([
      [("image", "a"), ("title", "red"), ("link", "http://1")], [("image", "b"), ("title", "red"), ("link", "http://1")],
      [("image", "a"), ("title", "blue"), ("link", "http://2")], [("image", "c"), ("title", "Red!"), ("link", "http://3")],
    ])
    let done = try desk.annotate(recipe)
    #expect(try done.labels() == ["a": ["red"], "c": ["red"]])
    #expect(done.report.duplicates == 2)
    let texts = try desk.annotate(recipe, ["duplicates.text=true"], to: "t.tar")
    #expect(try texts.labels() == ["a": ["red"]])
    #expect(try desk.annotate(recipe, ["duplicates={remove: false}"], to: "k.tar").records().count == 4)
  }

  @Test func sameBytesAreTheSameImage() throws {
    let desk = try desk([
      [("image", "a"), ("title", "red")], [("image", "b"), ("title", "blue")], [("image", "c"), ("title", "blue")],
    ])
    for (name, bytes) in [("a", [1, 2]), ("b", [1, 2]), ("c", [3])] as [(String, [UInt8])] { try desk.write(name, bytes) }
    #expect(try desk.annotate(recipe, ["duplicates.image=bytes"]).labels() == ["a": ["red"], "c": ["blue"]])
  }

  /// Duplicates of records in two groups keep both groups on one side.
  @Test func noPairOrGroupIsOnBothSides() throws {
    var records: [[(String, JSONValue)]] = []
    for index in 0..<400 {
      records.append([
        ("image", .string("\(index)")), ("title", "red"), ("board", .string("b\(index / 4)")),
        // Every eighth image is that of the record 20 before.
        ("link", .string("http://\(index % 8 == 0 && index >= 20 ? index - 20 : index)")),
      ])
    }
    let desk = try desk(records)
    let done = try desk.annotate(recipe, ["duplicates={remove: false}", "split.held-out=0.3"])
    var sides: [String: String] = [:]
    for record in try done.records() { sides[try #require(record["image"]?.string)] = record["part"]?.string }
    for index in 0..<400 {
      #expect(sides["\(index)"] == sides["\(index / 4 * 4)"])
      if index % 8 == 0, index >= 20 { #expect(sides["\(index)"] == sides["\(index - 20)"]) }
    }
    #expect((40...220).contains(done.report.heldOut))
  }

  @Test func rareLabelsAreShownMoreOften() throws {
    // Of 100 images, 90 red, 10 blue.
    let desk = try desk((0..<100).map { [("image", .string("\($0)")), ("title", $0 % 10 == 0 ? "blue" : "red")] })
    func times(_ settings: [String], _ name: String) throws -> [String: Int64] {
      var sums: [String: Int64] = [:]
      for record in try desk.annotate(recipe, settings, to: name).records() {
        sums[record["label"]?.string ?? "", default: 0] += record["times"]?.int ?? 1
      }
      return sums
    }
    #expect(try times([], "all.tar") == ["red": 90, "blue": 10])
    // (0.4 / 0.1)^½ = 2 and 0.4 / 0.1 = 4.
    #expect(try times(["sampling={method: square-root, share: 0.4}"], "root.tar") == ["red": 90, "blue": 20])
    #expect(try times(["sampling={method: balanced, share: 0.4}"], "balanced.tar") == ["red": 90, "blue": 40])
    #expect(try times(["sampling={method: balanced, share: 0.4, most: 3}"], "most.tar") == ["red": 90, "blue": 30])
    let capped = try times(["sampling={method: capped, cap: 30}"], "capped.tar")
    #expect(capped["blue"] == 10)
    #expect((15...45).contains(capped["red"] ?? 0))
  }

  @Test func fewestImagesAndBestLabels() throws {
    let desk = try desk([
      [("image", "a"), ("title", "red blue")], [("image", "b"), ("title", "red")], [("image", "c"), ("title", "none")],
    ])
    let done = try desk.annotate(recipe, ["labels.least-images=2", "output.unlabelled=true"])
    #expect(try done.labels() == ["a": ["red"], "b": ["red"], "c": []])
    #expect(try done.json("labels.json").array?.count == 1)
    // No score reaches 1; each image keeps its best.
    let best = try desk.annotate(recipe, ["scores.threshold=1", "labels.keep-best=true"], to: "best.tar")
    #expect(try best.labels()["b"] == ["red"])
    #expect(try best.labels()["a"]?.count == 1)
    let one = try desk.annotate(recipe, ["labels.per-image=1"], to: "one.tar")
    #expect(try one.labels()["a"]?.count == 1)
  }

  @Test func annotationsAreADataSet() throws {
    let desk = try desk([
      [("image", "a.jpg"), ("title", "red blue")], [("image", "b.jpg"), ("title", "green")],
      [("image", "c.jpg"), ("title", "red"), ("board", "x")],
    ])
    _ = try desk.annotate(recipe, ["sampling={method: balanced, share: 0.6}"])
    let data = try AnnotationDataset(path: "\(desk.path)/out.tar")
    #expect(data.columns[0].kind == .multiLabel)
    #expect(data.columns[0].names == ["red", "blue", "green"])
    #expect(data.groupColumns == ["part", "group"])
    let names = (0..<data.count).map { data.name(at: $0) }
    // blue and green are in 1/3 of the images: 0.6 / (1/3) = 1.8, once or twice.
    #expect(Set(names).count == names.count && Set(names).isSuperset(of: ["a.jpg", "b.jpg", "c.jpg"]))
    guard case .labels(let scored) = data.value(at: 0, column: 0) else { throw Desk.Odd() }
    #expect(scored.map(\.label) == [0, 1])
    #expect(scored.allSatisfy { $0.value > 0 && $0.value < 1 })
    let classes = try AnnotationDataset(path: "\(desk.path)/out.tar", column: "label")
    #expect(classes.classes == ["red", "blue", "green"])
    #expect(classes.className(classes.label(at: classes.count - 1)) == "red")
    #expect(throws: DataError.self) { try AnnotationDataset(path: "\(desk.path)/out.tar", column: "colour") }
  }

  @Test func imagesAreReadWhereTheyAre() throws {
    let desk = try desk([[("image", "a.jpg"), ("title", "red")]])
    try desk.write("a.jpg", [1, 2, 3])
    let tar = try TarWriter("\(desk.path)/s.tar")
    try tar.add("a.jpg", bytes: [4, 5, 6, 7])
    try tar.add("a.json", bytes: Array(#"{"title": "red"}"#.utf8))
    try tar.finish()
    func bytes(_ settings: [String], _ name: String) throws -> [UInt8] {
      _ = try desk.annotate(recipe, settings, to: name)
      return try AnnotationDataset(path: "\(desk.path)/\(name)").bytes(at: 0, first: nil)
    }
    let shards = ["input={format: webdataset, path: s.tar}", "input.image=null"]
    #expect(try bytes([], "file.tar") == [1, 2, 3])
    #expect(try bytes(["output.images=embed"], "inside.tar") == [1, 2, 3])
    #expect(try bytes(shards, "shard.tar") == [4, 5, 6, 7])
    #expect(try bytes(shards + ["output.images=embed"], "both.tar") == [4, 5, 6, 7])
  }
}

@Suite("Images that look the same")
struct LookTests {
  /// Blots of their own, a little lighter where asked.
  private func png(_ seed: Int, lighter: Int = 0) -> [UInt8] {
    let side = 32
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        var random = CounterRandom(seed: UInt64(seed))
        var sum = 40
        for _ in 0..<6 {
          let (left, top, size) = (random.integer(below: side), random.integer(below: side), 4 + random.integer(below: 8))
          sum += max(0, size * size - (x - left) * (x - left) - (y - top) * (y - top))
        }
        let level = UInt8(min(sum, 240) + lighter)
        pixels += [level, UInt8(seed * 37 % 200), 90]
      }
    }
    return PNG.rgb(width: side, height: side, pixels: pixels)
  }

  @Test func copiesOfOtherLightAreFound() throws {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\n")
    var text = ""
    for seed in 0..<20 {
      for (name, lighter) in [("\(seed).png", 0), ("\(seed)-light.png", 4)] {
        try desk.write(name, png(seed, lighter: lighter))
        text += line([("image", .string(name)), ("title", "red")])
      }
    }
    try desk.write("records.jsonl", text)
    #expect(try desk.annotate(recipe, ["duplicates.image=bytes"]).labels().count == 40)
    let done = try desk.annotate(recipe, ["duplicates.image=perceptual"], to: "p.tar")
    #expect(Set(try done.labels().keys) == Set((0..<20).map { "\($0).png" }))
  }
}
