import Testing
import ZooData

@Suite struct ShardTests {
  func shards() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for shard in 8..<11 {
      let number = String(repeating: "0", count: shard < 10 ? 2 : 1) + "\(shard)"
      try folder.add(
        "d-\(number).tar",
        Tar.file([
          ("s/a\(shard).png", plainPNG(UInt8(shard))), ("s/a\(shard).cls", Array("\(shard % 2)\n".utf8)),
          ("s/a\(shard).seg.png", plainPNG(0)),
          ("s/b\(shard).cls", Array("3".utf8)), ("s/b\(shard).PNG", plainPNG(UInt8(2 * shard))),
          ("README.md", [65]), ("._junk.png", [65]),
        ]))
    }
    return folder
  }

  @Test func samplesComeFromRangesListsAndGlobs() throws {
    let folder = try shards()
    for pattern in ["d-{008..010}.tar", "d-{008,009,010}.tar", "d-*.tar", "d-0{08..10}.tar"] {
      let data = try ShardDataset("\(folder.path)/\(pattern)")
      #expect(data.count == 6, "\(pattern)")
      #expect((0..<6).map { data.label(at: $0) } == [0, 3, 1, 3, 0, 3])
      #expect(data.classCount == 4 && data.columns.map(\.name) == ["cls"])
      #expect(data.name(at: 3) == "\(folder.path)/d-009.tar/s/b9.PNG")
      guard case .image(let image) = try data.example(at: 3) else { return }
      #expect(image.pixels[0] == 18)
      #expect(try data.size(at: 3) == (4, 4))
      #expect(
        data.notes == ["\(data.origin): 6 files not used (s/a8.seg.png, README.md, s/a9.seg.png, …)"])
    }
    #expect(
      message { _ = try ShardDataset("\(folder.path)/d-{008..012}.tar") } == "\(folder.path)/d-011.tar: no file matches"
    )
    #expect(
      message { _ = try ShardDataset("\(folder.path)/d-{8..}.tar") }
        == "\(folder.path)/d-{8..}.tar: '{8..}' counts from a number up to another, as {000..127}")
    #expect(message { _ = try ShardDataset("\(folder.path)/e-*.tar") } == "\(folder.path)/e-*.tar: no file matches")
    for pattern in ["{0..99999999}.tar", "{0..9999}{0..9999}.tar"] {
      #expect(message { _ = try shardFiles(pattern) }.hasPrefix("\(pattern): "))
    }
  }

  @Test func jsonHasColumnsAndTextIsAName() throws {
    let folder = try TemporaryFolder()
    try folder.add(
      "j.tar",
      Tar.file([
        ("1.jpg", plainPNG(1)),
        ("1.json", Array("{\"hue\": \"red\", \"tags\": [\"x\"], \"tone\": 3, \"weight\": 2}".utf8)),
        ("2.png", plainPNG(2)), ("2.json", Array("{\"tags\": [\"x\", \"y\"], \"tone\": 4, \"score\": 0.5}".utf8)),
      ]))
    try folder.add(
      "t.tar", Tar.file([("1.png", plainPNG(1)), ("1.txt", Array(" a cat \n".utf8)), ("2.png", plainPNG(1))]))
    let data = try ShardDataset(
      "\(folder.path)/j.tar", options: TableOptions(labels: .named(["hue", "tags", "score"]), groups: ["tone"]))
    #expect(data.columns.map(\.kind) == [.classes, .multiLabel, .vector])
    #expect(data.value(at: 0, column: 0) == .class(0) && data.value(at: 1, column: 0) == .missing)
    #expect(data.value(at: 1, column: 1) == .labels([ScoredLabel(0), ScoredLabel(1)]))
    #expect(data.value(at: 0, column: 2) == .missing && data.value(at: 1, column: 2) == .vector([0.5]))
    #expect(data.weight(at: 0) == 2 && data.weight(at: 1) == 1 && data.group(at: 1, column: 0) == "4")
    let text = try ShardDataset("\(folder.path)/t.tar")
    #expect(text.classes == ["a cat"] && text.label(at: 0) == 0 && text.label(at: 1) == -1)
  }

  @Test func brokenShardsAreNamed() throws {
    let folder = try TemporaryFolder()
    func wrong(_ members: [(name: String, bytes: [UInt8])]) throws -> String {
      try folder.add("w.tar", Tar.file(members))
      return message { _ = try ShardDataset("\(folder.path)/w.tar") }.replacing("\(folder.path)/", with: "")
    }
    #expect(
      try wrong([("1.png", plainPNG(1)), ("1.jpg", plainPNG(1)), ("1.cls", [48])])
        == "w.tar/1.jpg: a second image of its sample, beside .png")
    #expect(
      try wrong([("1.png", plainPNG(1)), ("1.json", Array("{\"a\" 1}".utf8))])
        == "w.tar: 1.json: line 1, column 6: expected ':', found '1'")
    #expect(
      try wrong([("1.cls", [48])])
        == "w.tar: holds no samples: an image NAME.jpg (.jpg, .jpeg, .png, .webp) with NAME.cls, NAME.txt or NAME.json")
    #expect(
      try wrong([
        ("1.png", plainPNG(1)), ("1.cls", Array("0.5".utf8)), ("2.png", plainPNG(1)), ("2.cls", Array("x".utf8)),
      ])
        == "w.tar/2.cls: 'x' among numbers; say what the column holds with 'kind'")
    try folder.add("cut.tar", Array(Tar.file([("1.png", plainPNG(1)), ("1.cls", [48])])[..<700]))
    #expect(message { _ = try ShardDataset("\(folder.path)/cut.tar") }.hasPrefix("\(folder.path)/cut.tar: "))
  }
}
