import Testing
import ZooArchive

@Suite struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func readsTheReferenceWritersFile() throws {
    let file = try SafetensorsFile(path: fixtures + "/vit-tiny/timm.safetensors")
    #expect(file.entries.map(\.name) == file.entries.map(\.name).sorted())
    let entry = try #require(file.entry("patch_embed.proj.weight"))
    #expect(entry.dtype == .f32)
    #expect(entry.shape.count == 4 && entry.shape[1] == 3)
    let values = try file.floats(entry.name)
    #expect(values.count == entry.count)
    #expect(values.allSatisfy(\.isFinite) && values.contains { $0 != 0 })
    try file.withBytes(of: entry.name) { bytes in
      #expect(bytes.count == entry.count * 4)
      #expect(bytes.loadUnaligned(as: Float.self) == values[0])
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let sources = [
      TensorSource(name: "w", floats: [1, -2, 3.5, .infinity], shape: [2, 2]),
      TensorSource(name: "scalar", floats: [4], shape: []),
      TensorSource(name: "empty", floats: [], shape: [0, 7]),
      TensorSource(
        name: "labels", dtype: .i64, shape: [1], bytes: [0xFE] + [UInt8](repeating: 0xFF, count: 7)),
    ]
    try SafetensorsWriter.write(
      sources, metadata: [("format", "zoo"), ("a", "b")], to: folder("w.safetensors"))
    let file = try SafetensorsFile(path: folder("w.safetensors"))
    #expect(try file.floats("w") == [1, -2, 3.5, .infinity])
    #expect(try file.floats("scalar") == [4])
    #expect(try file.floats("empty") == [])
    #expect(try file.int64s("labels") == [-2])
    #expect(file.metadata.map(\.key) == ["format", "a"])
    #expect(names(folder.path) == ["w.safetensors"])
  }

  @Test func tensorsThatFitComeFirstAndLieAligned() throws {
    let sources = [
      TensorSource(name: "a", floats: [1], shape: [1]),
      TensorSource(name: "z", floats: [Float](repeating: 1, count: 48), shape: [48]),
      TensorSource(name: "m", floats: [Float](repeating: 2, count: 16), shape: [16]),
      TensorSource(name: "b", floats: [3, 3], shape: [2]),
    ]
    try SafetensorsWriter.write(sources, to: folder("w.safetensors"))
    let file = try SafetensorsFile(path: folder("w.safetensors"))
    #expect(file.dataOffset % 64 == 0)
    let inOrder = file.entries.sorted { $0.range.lowerBound < $1.range.lowerBound }
    #expect(inOrder.map(\.name) == ["m", "z", "a", "b"])
    #expect(inOrder.map(\.range.lowerBound) == [0, 64, 256, 260])
    try SafetensorsWriter.write(sources.reversed(), to: folder("v.safetensors"))
    #expect(try contents(folder("w.safetensors")) == contents(folder("v.safetensors")))
  }

  /// Values by hand: one, smallest subnormal, largest, infinity, minus two.
  @Test func convertsNarrowTypes() throws {
    func bytes(_ words: [UInt16]) -> [UInt8] { words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
    try SafetensorsWriter.write(
      [
        TensorSource(
          name: "half", dtype: .f16, shape: [6],
          bytes: bytes([0x3C00, 0x0001, 0x7BFF, 0x7C00, 0xC000, 0x83FF])),
        TensorSource(name: "brain", dtype: .bf16, shape: [3], bytes: bytes([0x3F80, 0xC000, 0x7F80])),
        TensorSource(name: "double", dtype: .f64, shape: [1], bytes: [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
        TensorSource(name: "byte", dtype: .i8, shape: [2], bytes: [0xFF, 5]),
        TensorSource(name: "flag", dtype: .bool, shape: [2], bytes: [0, 1]),
      ], to: folder("n.safetensors"))
    let file = try SafetensorsFile(path: folder("n.safetensors"))
    #expect(
      try file.floats("half") == [1, 0x1p-24, 65504, .infinity, -2, -1023 * 0x1p-24])
    #expect(try file.floats("brain") == [1, -2, .infinity])
    #expect(try file.floats("double") == [1.5])
    #expect(try file.floats("byte") == [-1, 5])
    #expect(try file.floats("flag") == [0, 1])
    #expect(try file.int64s("byte") == [-1, 5])
    let path = folder("n.safetensors")
    #expect(
      message { _ = try file.int64s("half") }
        == "\(path): tensor \"half\": F16 cannot be read as integers")
  }

  @Test func namesTheNearestTensor() throws {
    let path = fixtures + "/vit-tiny/timm.safetensors"
    let file = try SafetensorsFile(path: path)
    #expect(
      message { _ = try file.floats("head.wieght") }
        == "\(path): tensor \"head.wieght\": there is no such tensor; did you mean \"head.weight\"?")
  }

  static let hostile: [(String, [UInt8], String)] = [
    ("empty", [], "0 bytes are too few for a safetensors file (at least 10)"),
    (
      "huge header", safetensors("{}", length: 1 << 40),
      "not a safetensors file: header of 1099511627776 bytes, the limit is 100000000"
    ),
    (
      "header over the end", safetensors("{}", length: 3),
      "truncated or not a safetensors file: header of 3 bytes, 2 follow"
    ),
    (
      "largest header", safetensors("{}", length: .max),
      "not a safetensors file: header of 18446744073709551615 bytes, the limit is 100000000"
    ),
    ("space first", safetensors(" {}"), "not a safetensors file: the header does not begin with '{'"),
    ("array", safetensors("[]"), "not a safetensors file: the header does not begin with '{'"),
    ("no JSON", safetensors("{]"), "line 1, column 2: expected a key in quotes, found ']'"),
    (
      "duplicate", safetensors(entry("a", 0, 4, "[1]") { "{\($0),\($0)}" }, data: 4),
      "line 1, column 55: the key \"a\" occurs twice"
    ),
    (
      "hole", safetensors("{\(entry("a", 0, 4, "[1]")),\(entry("b", 8, 12, "[1]"))}", data: 12),
      "tensor \"b\": data begin at 8 but must begin at 4, where the tensor before it ends"
    ),
    (
      "overlap", safetensors("{\(entry("a", 0, 8, "[2]")),\(entry("b", 4, 12, "[2]"))}", data: 12),
      "tensor \"b\": data begin at 4 but must begin at 8, where the tensor before it ends"
    ),
    (
      "late start", safetensors("{\(entry("a", 4, 8, "[1]"))}", data: 8),
      "tensor \"a\": data begin at 4 but must begin at 0, where the tensor before it ends"
    ),
    (
      "wrong span", safetensors("{\(entry("a", 0, 8, "[3]"))}", data: 8),
      "tensor \"a\": data_offsets [0, 8] do not span the 12 bytes of its shape"
    ),
    (
      "backwards", safetensors("{\(entry("a", 8, 0, "[2]"))}", data: 8),
      "tensor \"a\": malformed entry: data_offsets must be [begin, end] with begin <= end"
    ),
    (
      "overflow", safetensors("{\(entry("a", 0, 4, "[4294967296, 4294967296]"))}", data: 4),
      "tensor \"a\": shape [4294967296, 4294967296] is larger than memory can address"
    ),
    (
      "overflow of bits", safetensors("{\(entry("a", 0, 0, "[2305843009213693952]"))}", data: 0),
      "tensor \"a\": shape [2305843009213693952] is larger than memory can address"
    ),
    (
      "negative", safetensors("{\(entry("a", 0, 4, "[-1]"))}", data: 4),
      "tensor \"a\": malformed entry: shape must be a list of sizes"
    ),
    (
      "fraction", safetensors("{\(entry("a", 0, 4, "[1.0]"))}", data: 4),
      "tensor \"a\": malformed entry: shape must be a list of sizes"
    ),
    (
      "too little data", safetensors("{\(entry("a", 0, 8, "[2]"))}", data: 7),
      "the header describes 8 bytes of data, the file has 7"
    ),
    (
      "too much data", safetensors("{\(entry("a", 0, 8, "[2]"))}", data: 9),
      "the header describes 8 bytes of data, the file has 9"
    ),
    (
      "dtype", safetensors("{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}", data: 4),
      "tensor \"a\": unknown dtype \"F33\""
    ),
    (
      "half a byte", safetensors("{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", data: 2),
      "tensor \"a\": shape [3] of F4 is not a whole number of bytes"
    ),
    (
      "unknown key",
      safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", data: 4),
      "tensor \"a\": malformed entry: it must have exactly dtype, shape and data_offsets"
    ),
    ("metadata", safetensors("{\"__metadata__\":{\"a\":1}}"), "__metadata__ must be an object of strings"),
  ]

  static func entry(_ name: String, _ begin: Int, _ end: Int, _ shape: String) -> String {
    "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
  }

  static func entry(
    _ name: String, _ begin: Int, _ end: Int, _ shape: String, _ frame: (String) -> String
  ) -> String { frame(entry(name, begin, end, shape)) }

  @Test(arguments: hostile.indices)
  func refuses(_ index: Int) throws {
    let (name, bytes, expected) = Self.hostile[index]
    let path = folder("x.safetensors")
    try write(bytes, path)
    #expect(message { _ = try SafetensorsFile(path: path) } == "\(path): \(expected)", "\(name)")
  }

  @Test func refusesTruncationAtEveryByte() throws {
    try SafetensorsWriter.write(
      [TensorSource(name: "a", floats: [1, 2], shape: [2])], to: folder("w.safetensors"))
    let whole = try contents(folder("w.safetensors"))
    for count in 0..<whole.count {
      try write(Array(whole[..<count]), folder("cut"))
      #expect(throws: ArchiveError.self) { try SafetensorsFile(path: folder("cut")) }
    }
  }

  @Test func refusesSourcesThatDoNotFitTheirShape() {
    let path = folder("w.safetensors")
    #expect(
      message { try SafetensorsWriter.write([TensorSource(name: "a", floats: [1], shape: [2])], to: path) }
        == "\(path): tensor \"a\": 4 bytes given, its shape and dtype need 8")
    #expect(
      message {
        let source = TensorSource(name: "a", floats: [1], shape: [1])
        try SafetensorsWriter.write([source, source], to: path)
      } == "\(path): tensor \"a\": the name occurs twice")
    #expect(names(folder.path) == [])
  }

  @Test func numpyReadsWhatIsWritten() throws {
    let path = folder("w.safetensors")
    try SafetensorsWriter.write(
      [
        TensorSource(name: "a", floats: [1, 2, 3], shape: [3]),
        TensorSource(name: "b", floats: [4], shape: []),
      ], to: path)
    // The format read by its specification, independently of our reader.
    let script = """
      import json, struct, sys
      b = open(sys.argv[1], 'rb').read()
      n, = struct.unpack('<Q', b[:8])
      h = json.loads(b[8:8 + n]); d = b[8 + n:]
      f = lambda k: list(struct.unpack('<%df' % ((h[k]['data_offsets'][1] - h[k]['data_offsets'][0]) // 4), \
      d[slice(*h[k]['data_offsets'])]))
      assert (8 + n) % 64 == 0 and f('a') == [1, 2, 3] and f('b') == [4]
      assert max(e['data_offsets'][1] for e in h.values()) == len(d)
      """
    guard status(of: ["python3", "-c", "import json"]) == 0 else { return }
    #expect(status(of: ["python3", "-c", script, path]) == 0)
  }
}
