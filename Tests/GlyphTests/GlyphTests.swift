import FoundationEssentials
import Testing
import ZooArchive

@Suite struct GlyphTests {
  struct Made {
    let pixels: [UInt8]
    let labels: [Int64]
    let shape: [Int]
    let classes: [Substring]
  }

  private func make(count: Int, seed: Int = 0, size: Int = 8, _ more: [String] = []) throws -> Made {
    let folder = try Command.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Command.run(
      ["--count", "\(count)", "--seed", "\(seed)", "--size", "\(size)", "--from", "strokes", "-o", folder] + more)
    #expect(result.code == 0)
    #expect(result.message == "")
    let images = try NpyArray.read(folder + "/x.npy")
    #expect(images.dtype == .u8)
    let names = try Data(contentsOf: URL(filePath: folder + "/classes.txt"))
    return Made(
      pixels: images.bytes(), labels: try NpyArray.read(folder + "/labels.npy").int64s(), shape: images.shape,
      classes: String(decoding: names, as: UTF8.self).split(separator: "\n"))
  }

  @Test func aSeedGivesTheSameImagesOnEveryMachine() throws {
    #expect(fnv(try make(count: 100).pixels) == 0x0212_5FE8_66BE_C5B4)
    #expect(fnv(try make(count: 100, seed: 1).pixels) == 0x44A1_2037_160C_34A8)
  }

  @Test func anImageDoesNotDependOnHowManyAreMade() throws {
    let (few, many) = (try make(count: 60), try make(count: 100))
    #expect(few.pixels == Array(many.pixels.prefix(60 * 64)))
    #expect(few.labels == Array(many.labels.prefix(60)))
  }

  @Test func classesTakeTurns() throws {
    let made = try make(count: 100)
    #expect(made.shape == [100, 8, 8, 1])
    #expect(made.classes.prefix(10) == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(Set(made.classes).count == made.classes.count)
    #expect(made.labels == (0..<100).map { Int64($0 % made.classes.count) })
  }

  @Test func aPartOfTheClassesCanBeHad() throws {
    let made = try make(count: 10, ["--classes", "aA7"])
    #expect(made.classes == ["7", "A", "a"])
    #expect(made.labels == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
  }

  @Test func theSmallSizeCountsTheLargeOnesBlocks() throws {
    let (small, large) = (try make(count: 50), try make(count: 50, size: 32))
    #expect(large.shape == [50, 32, 32, 1])
    #expect(large.pixels.allSatisfy { $0 == 0 || $0 == 255 })
    for (index, value) in small.pixels.enumerated() {
      let (image, row, column) = (index / 64, index / 8 % 8, index % 8)
      var inked = 0
      for y in row * 4..<row * 4 + 4 {
        let start = (image * 32 + y) * 32 + column * 4
        inked += large.pixels[start..<start + 4].count { $0 > 0 }
      }
      #expect(Int(value) == (inked * 255 + 8) / 16)
    }
  }

  @Test(arguments: [
    (["--count", "5"], "zoo-glyphs: error: -o is missing\n"),
    (["-o", "x"], "zoo-glyphs: error: --count is missing\n"),
    (["--font", "x"], "zoo-glyphs: error: unknown option '--font'\n"),
    (["--seed"], "zoo-glyphs: error: --seed needs a value\n"),
  ])
  func aMistakeShowsTheUsage(arguments: [String], message: String) throws {
    let result = try Command.run(arguments)
    #expect(result.code == 2)
    #expect(
      result.message == message
        + """
        usage: zoo-glyphs --count N [--seed S] [--size 8|32] [--classes NAMES] [--from strokes|fonts|both] [--fonts FOLDER]
                 -o FOLDER

        """)
  }

  @Test(arguments: [
    ("--count", "0", "zoo-glyphs: error: --count: '0' is not a whole number from 1 to 4194304\n"),
    ("--count", "1e3", "zoo-glyphs: error: --count: '1e3' is not a whole number from 1 to 4194304\n"),
    ("--seed", "-1", "zoo-glyphs: error: --seed: '-1' is not a whole number from 0 to 2^64 - 1\n"),
    (
      "--classes", "A*",
      "zoo-glyphs: error: --classes: '*' is none of 0123456789ABCDEFGHIJKLMNPQRSTUVWXYZadefhmnrt\n"
    ),
    ("--size", "16", "zoo-glyphs: error: --size: '16' is neither 8 nor 32\n"),
  ])
  func aValueOutOfRangeIsNamed(option: String, value: String, message: String) throws {
    let result = try Command.run([option, value])
    #expect(result.code == 2)
    #expect(result.message == message)
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let result = try Command.run(["--count", "1", "--from", "strokes", "-o", "/dev/null/glyphs"])
    #expect(result.code == 1)
    #expect(
      result.message
        == "zoo-glyphs: error: /dev/null/glyphs: the folder cannot be made: Not a directory\n")
  }
}
