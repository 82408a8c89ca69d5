import Testing
import ZooArchive

@Suite struct NpyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ header: String, _ data: [UInt8]) throws -> NpyArray {
    try NpyArray.read(npy(header) + data, origin: "x.npy")
  }

  @Test func readsNumpysFiles() throws {
    let labels = try NpyArray.read(fixtures + "/vit-tiny/labels.npy")
    #expect(labels.dtype == .i64)
    #expect(labels.shape == [4])
    #expect(try labels.int64s().allSatisfy { $0 >= 0 })
    let input = try NpyArray.read(fixtures + "/vit-tiny/input.npy")
    #expect(input.dtype == .f32 && input.shape.count == 4 && input.shape[1] == 3)
    #expect(try input.floats().count == input.count)
    let image = try NpyArray.read(fixtures + "/images/rgb.png.square64-bilinear.npy")
    #expect(image.dtype == .u8 && image.shape == [64, 64, 3])
  }

  @Test func whatIsWrittenIsRead() throws {
    try NpyArray.write(path: folder("f.npy"), floats: [1, 2, 3, 4, 5, 6], shape: [2, 3])
    let floats = try NpyArray.read(folder("f.npy"))
    #expect(floats.shape == [2, 3])
    #expect(try floats.floats() == [1, 2, 3, 4, 5, 6])
    try NpyArray.write(path: folder("i.npy"), int64s: [-1, 1 << 40], shape: [2])
    #expect(try NpyArray.read(folder("i.npy")).int64s() == [-1, 1 << 40])
    try NpyArray.write(path: folder("s.npy"), floats: [7], shape: [])
    #expect(try NpyArray.read(folder("s.npy")).shape == [])
    try NpyArray.write(path: folder("b.npy"), bytes: [0x80, 0x3F, 0, 0xC0], dtype: .bf16, shape: [2])
    #expect(try NpyArray.read(folder("b.npy")).floats() == [1, -2])
    let bytes = try contents(folder("f.npy"))
    #expect((bytes.count - 24) % 64 == 0)
    #expect(names(folder.path) == ["b.npy", "f.npy", "i.npy", "s.npy"])
  }

  @Test func largeFilesAreReadTheSame() throws {
    let values = (0..<400_000).map { Float($0) }
    try NpyArray.write(path: folder("f.npy"), floats: values, shape: [400_000])
    let array = try NpyArray.read(folder("f.npy"))
    #expect(try array.floats() == values)
    try array.withBytes { #expect($0.count == 1_600_000) }
  }

  @Test func readsBothByteOrders() throws {
    let header = "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }\n"
    let array = try read(header, [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0])
    #expect(try array.floats() == [1, -2])
    #expect(array.bytes() == [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    let wide = try read(
      "{'descr': '>i8', 'fortran_order': False, 'shape': (1,), }\n", [0, 0, 0, 0, 0, 0, 1, 2])
    #expect(try wide.int64s() == [258])
  }

  @Test func fortranOrderReadsRowMajor() throws {
    let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n"
    // Stored by columns: (0,0) (1,0) (0,1) (1,1) (0,2) (1,2).
    let array = try read(header, [1, 4, 2, 5, 3, 6])
    #expect(try array.int64s() == [1, 2, 3, 4, 5, 6])
    #expect(array.bytes() == [1, 2, 3, 4, 5, 6])
    try array.withBytes { #expect(Array($0) == [1, 2, 3, 4, 5, 6]) }
  }

  @Test func readsTheOtherTypes() throws {
    func floats(_ descr: String, _ data: [UInt8]) throws -> [Float] {
      try read("{'descr': '\(descr)', 'fortran_order': False, 'shape': (1,)}", data).floats()
    }
    #expect(try floats("<f2", [0, 0x3C]) == [1])
    #expect(try floats("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) == [1.5])
    #expect(try floats("|V2", [0x80, 0x3F]) == [1])
    #expect(try floats("<V2", [0x80, 0x3F]) == [1])
    #expect(try floats("|b1", [1]) == [1])
    #expect(try floats("<i4", [0xFF, 0xFF, 0xFF, 0xFF]) == [-1])
    #expect(try floats("<u2", [0xFF, 0xFF]) == [65535])
  }

  static let hostile: [([UInt8], String)] = [
    ([], "not an npy file"),
    ([0x93, 0x4E], "not an npy file"),
    (
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 4, 0, 0, 0],
      "npy version 4.0 is unknown; 1.0, 2.0 and 3.0 are read"
    ),
    (
      [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0, 0xFF, 0xFF, 0xFF, 0xFF],
      "npy header of 4294967295 bytes, the limit is 10000"
    ),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 9, 0], "malformed npy header: the file ends inside it"),
    (npy(""), "malformed npy header: it must be a dict"),
    (npy("{"), "malformed npy header: a key must be a string"),
    (
      npy("{'descr': '<f4', 'shape': (1,)}", data: 4),
      "malformed npy header: its keys must be descr, fortran_order and shape, each once"
    ),
    (
      npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", data: 4),
      "malformed npy header: its keys must be descr, fortran_order and shape, each once"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", data: 4),
      "malformed npy header: fortran_order must be True or False"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4)}", data: 4),
      "malformed npy header: shape must be a tuple of sizes"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", data: 4),
      "malformed npy header: shape must be a tuple of sizes"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"),
      "malformed npy header: shape must be a tuple of sizes"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", data: 4),
      "malformed npy header: only spaces may follow the dict"
    ),
    (
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", data: 4),
      "malformed npy header: descr must be one plain type, not a record"
    ),
    (
      npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", data: 8),
      "the array holds Python objects; only arrays of numbers are read"
    ),
    (
      npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", data: 8),
      "dtype \"<c8\" is not read; booleans, integers, f2, f4, f8 and bfloat16 (V2) are"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", data: 4),
      "shape [4294967296, 4294967296] is larger than memory can address"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (9223372036854775807,)}", data: 4),
      "shape [9223372036854775807] is larger than memory can address"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", data: 7),
      "shape [2] of \"<f4\" needs 8 bytes of data, the file has 7"
    ),
    (
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", data: 9),
      "shape [2] of \"<f4\" needs 8 bytes of data, the file has 9"
    ),
  ]

  @Test(arguments: hostile.indices)
  func refuses(_ index: Int) {
    let (bytes, expected) = Self.hostile[index]
    #expect(message { _ = try NpyArray.read(bytes, origin: "x.npy") } == "x.npy: \(expected)")
  }

  @Test func refusesValuesThatDoNotFillTheShape() {
    let path = folder("f.npy")
    #expect(
      message { try NpyArray.write(path: path, floats: [1, 2, 3], shape: [2, 2]) }
        == "\(path): 3 values do not fill shape [2, 2]")
    #expect(names(folder.path) == [])
  }

  @Test func numpyReadsWhatIsWritten() throws {
    try NpyArray.write(path: folder("f.npy"), floats: [1, 2, 3, 4, 5, 6], shape: [2, 3])
    try NpyArray.write(path: folder("i.npy"), int64s: [5], shape: [1])
    guard status(of: ["python3", "-c", "import numpy"]) == 0 else { return }
    let script = """
      import numpy, sys
      f = numpy.load(sys.argv[1]); i = numpy.load(sys.argv[2])
      assert f.dtype == '<f4' and f.tolist() == [[1, 2, 3], [4, 5, 6]]
      assert i.dtype == '<i8' and i.tolist() == [5]
      """
    #expect(status(of: ["python3", "-c", script, folder("f.npy"), folder("i.npy")]) == 0)
  }
}
