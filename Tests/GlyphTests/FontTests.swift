import FoundationEssentials
import Testing
import ZooArchive

/// Characters of fonts, with fonts that are made here: none need be installed.
@Suite struct FontTests {
  /// A folder of files that goes away after `body`.
  private func shelf<T>(_ files: [(String, [UInt8])], _ body: (String) throws -> T) throws -> T {
    let folder = try Command.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in files {
      let path = URL(filePath: folder + "/" + name)
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: path)
    }
    return try body(folder)
  }

  private struct Made {
    var code: Int32
    var message: String
    var pixels: [UInt8] = []
    var fonts: String?
  }

  private func make(_ arguments: [String]) throws -> Made {
    let folder = try Command.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Command.run(arguments + ["-o", folder])
    guard result.code == 0 else { return Made(code: result.code, message: result.message) }
    return Made(
      code: 0, message: result.message, pixels: try NpyArray.read(folder + "/x.npy").bytes(),
      fonts: (try? Data(contentsOf: URL(filePath: folder + "/fonts.txt"))).map { String(decoding: $0, as: UTF8.self) })
  }

  @Test func charactersHaveTheShapesOfTheFont() throws {
    let made = try shelf([("plain.ttf", MinimalFont.plain.bytes)]) {
      try make(["--count", "300", "--from", "fonts", "--fonts", $0, "--classes", "07L", "--size", "32"])
    }
    try #require(made.message == "")
    // Of each class, how many of its 100 images have ink at a place. Digits stand in columns 6 to 25.
    func inked(_ label: Int, _ row: Int, _ column: Int) -> Int {
      (0..<100).count { made.pixels[(3 * $0 + label) * 1024 + row * 32 + column] > 0 }
    }
    #expect(inked(0, 16, 16) < 35 && inked(0, 16, 8) > 60 && inked(0, 16, 23) > 60)
    #expect(inked(1, 2, 16) > 60 && inked(1, 24, 24) < 35 && inked(1, 12, 8) < 35)
    #expect(inked(2, 29, 16) > 60 && inked(2, 12, 8) > 60 && inked(2, 8, 20) < 35)
  }

  @Test func aSeedAndFontsGiveTheSameImagesOnEveryMachine() throws {
    let (plain, bold) = (MinimalFont.plain.bytes, MinimalFont(glyphs: [
      ("7", [MinimalFont.polygon([0, 1000, 600, 1000, 500, 0, 100, 0, 250, 700, 0, 700])])
    ]).bytes)
    let sums = "\(Digest.sha256(bold))  B/bold.OTF\n\(Digest.sha256(plain))  plain.ttf\n"
    for files in [[("plain.ttf", plain), ("B/bold.OTF", bold)], [("B/bold.OTF", bold), ("plain.ttf", plain)]] {
      let made = try shelf(files + [("read.me", [])]) {
        try make(["--count", "90", "--seed", "3", "--from", "fonts", "--fonts", $0, "--classes", "07L"])
      }
      try #require(made.message == "")
      #expect(made.fonts == sums)
      #expect(fnv(made.pixels) == 16_517_275_578_647_862_008)
    }
  }

  @Test func fromBothAnImageIsThatOfOneOfThem() throws {
    try shelf([("plain.ttf", MinimalFont.plain.bytes)]) { folder in
      let common = ["--count", "100", "--classes", "07L"]
      let strokes = try make(common + ["--from", "strokes"])
      let fonts = try make(common + ["--from", "fonts", "--fonts", folder])
      let both = try make(common + ["--fonts", folder])
      #expect(strokes.fonts == nil && both.fonts == fonts.fonts)
      func image(_ made: Made, _ index: Int) -> ArraySlice<UInt8> { made.pixels[index * 64..<index * 64 + 64] }
      var fromStrokes = 0
      for index in 0..<100 {
        let isStroke = image(both, index) == image(strokes, index)
        #expect(isStroke || image(both, index) == image(fonts, index))
        fromStrokes += isStroke ? 1 : 0
      }
      #expect((35...65).contains(fromStrokes))
    }
  }

  @Test func whatIsNoCharacterOfItsOwnIsNotUsed() throws {
    let angle = [MinimalFont.polygon([0, 0, 300, 1000, 600, 0, 500, 0, 300, 800, 100, 0])]
    let half = [MinimalFont.polygon([0, 0, 150, 500, 300, 0, 250, 0, 150, 400, 50, 0])]
    let bar = [MinimalFont.polygon([0, 0, 300, 1000, 450, 1000, 150, 0])]
    let font = MinimalFont(glyphs: [("A", angle), ("I", bar), ("R", []), ("a", half), ("d", half)]).bytes
    try shelf([("plain.ttf", font)]) { folder in
      for (name, isThere) in [("A", true), ("a", false), ("d", true), ("I", false), ("R", false), ("Z", false)] {
        let made = try make(["--count", "1", "--from", "fonts", "--fonts", folder, "--classes", name])
        #expect(
          made.message == (isThere ? "" : "zoo-glyphs: error: \(folder): no font there has '\(name)'\n"))
        #expect(made.code == (isThere ? 0 : 1))
      }
    }
  }

  @Test func whatCannotBeUsedIsNamed() throws {
    try shelf([("none/read.me", []), ("text/a.ttf", Array("no font".utf8)), ("empty/a.otf", [])]) { folder in
      for (part, message) in [
        ("none", "none: no font (.ttf, .otf) is in it\n"), ("lost", "lost: not a folder that can be read\n"),
        ("text", "text/a.ttf: not a font, or a broken one (FreeType's error "),
        ("empty", "empty/a.otf: not a font, or a broken one (FreeType's error "),
      ] {
        let made = try make(["--count", "1", "--fonts", folder + "/" + part])
        #expect(made.code == 1)
        #expect(made.message.hasPrefix("zoo-glyphs: error: \(folder)/\(message)"))
      }
    }
  }

  /// Cut short anywhere, or with any byte changed, a font gives images or a message, and no trap.
  @Test func aBrokenFontIsNamed() throws {
    let whole = MinimalFont.plain.bytes
    var broken = stride(from: 0, to: whole.count, by: 23).map { Array(whole.prefix($0)) }
    for place in stride(from: 3, to: whole.count, by: 17) {
      var changed = whole
      changed[place] ^= 0xFF
      broken.append(changed)
    }
    var refused = 0
    for bytes in broken {
      try shelf([("plain.ttf", bytes)]) { folder in
        let made = try make(["--count", "3", "--from", "fonts", "--fonts", folder, "--classes", "07L"])
        #expect(made.code == 0 || made.code == 1 && made.message.hasPrefix("zoo-glyphs: error: \(folder)"))
        refused += Int(made.code)
      }
    }
    #expect(refused > broken.count / 3)
  }

  /// Whether the listed fonts are installed or not.
  @Test func theListedFontsAreAllThereOrNamed() throws {
    let made = try make(["--count", "44"])
    if made.code == 0 {
      #expect((made.fonts ?? "").split(separator: "\n").count == 54)
    } else {
      #expect(made.code == 1)
      #expect(made.message.contains(" of the 54 fonts are not in /usr/share/fonts, "))
      #expect(made.message.contains("'make glyph-fonts' installs them"))
    }
  }

  @Test(arguments: [
    (["--from", "air"], "--from: 'air' is none of strokes, fonts and both\n"),
    (
      ["--count", "1", "--from", "strokes", "--fonts", "/", "-o", "x"],
      "--fonts: there is nothing to take from fonts with --from strokes\n"
    ),
  ])
  func aMistakeIsNamed(arguments: [String], message: String) throws {
    let result = try Command.run(arguments)
    #expect(result.code == 2)
    #expect(result.message == "zoo-glyphs: error: " + message)
  }
}
