import Testing
import ZooTrain

@Suite("Layouts of arrays")
struct ImportLayoutTests {
  private static let cases: [(transform: String, source: [Int], result: [Int])] = [
    ("identity", [2, 3, 4], [2, 3, 4]), ("squeeze", [1, 1, 1, 5], [5]), ("transpose", [3, 5], [5, 3]),
    ("hwio-to-oihw", [2, 3, 4, 5], [5, 4, 2, 3]), ("hwio-to-linear", [1, 1, 4, 5], [5, 4]),
    ("oihw-to-linear", [5, 4, 1, 1], [5, 4]), ("qkv-kernel", [6, 2, 3], [6, 6]), ("qkv-bias", [2, 3], [6]),
    ("attention-output", [2, 3, 6], [6, 6]), ("concatenate", [2, 3], [2, 3]),
    // Wider than a block of columns.
    ("transpose", [1 << 17, 20], [20, 1 << 17]),
  ]

  @Test(arguments: cases.indices) func thereAndBack(_ index: Int) throws {
    let (transform, source, result) = Self.cases[index]
    let layout = try #require(CheckpointLayout(transform, source: source))
    #expect(layout.result == result)
    let values = noise(source.reduce(1, *), seed: index)
    let converted = layout.convert(values)
    #expect(layout.invert(converted) == values)
    #expect(layout.isPlain == (converted == values))
  }

  /// Element by element: [height, width, in, out] to [out, in, height, width].
  @Test func aConvolution() throws {
    let layout = try #require(CheckpointLayout("hwio-to-oihw", source: [2, 3, 4, 5]))
    let values = (0..<120).map(Float.init)
    let result = layout.convert(values)
    for (h, w, i, o) in [(0, 0, 0, 0), (1, 2, 3, 4), (1, 0, 2, 3), (0, 2, 1, 4)] {
      #expect(result[((o * 4 + i) * 2 + h) * 3 + w] == values[((h * 3 + w) * 4 + i) * 5 + o])
    }
  }

  @Test func theSourceOfAParameter() {
    for (transform, source, result) in Self.cases where !["squeeze", "qkv-bias"].contains(transform) {
      let layout = CheckpointLayout(transform, result: result)
      let isOfHeads = ["qkv-kernel", "attention-output"].contains(transform)
      #expect(layout?.source == (isOfHeads ? nil : source), "\(transform)")
    }
  }

  @Test func shapesWithoutMeaning() {
    let cases: [(String, [Int])] = [
      ("transpose", [3]), ("hwio-to-oihw", [3, 3]), ("hwio-to-linear", [3, 3, 4, 5]), ("oihw-to-linear", [5, 4, 3, 3]),
      ("qkv-kernel", [4, 4]), ("turn", [3, 3]), ("identity", [0, 3]), ("qkv-kernel", [0, 1 << 40, 1 << 40]),
      ("identity", [1 << 40, 1 << 40]),
    ]
    for (transform, shape) in cases {
      #expect(CheckpointLayout(transform, source: shape) == nil, "\(transform) \(shape)")
    }
  }
}
