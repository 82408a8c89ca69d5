import Testing
import ZooArchive

/// Mutated inputs through every reader: each is read or refused with an error of ours, and nothing traps.
@Suite struct MutationTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// SplitMix64: the same inputs on every machine.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }

  private func mutated(_ seed: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let at = Int.random(in: bytes.indices, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[at] = [0, 0x7F, 0x80, 0xFF, 0x39, 0x22, 0x7B, 0x5D].randomElement(using: &generator) ?? 0
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &generator)))
      case 3: bytes.insert(contentsOf: Array("99999999999".utf8), at: at)
      case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }

  private func check(_ seed: [UInt8], rounds: Int, _ read: ([UInt8]) throws -> Void) throws {
    var generator = Generator(state: 1)
    for _ in 0..<rounds {
      let input = mutated(seed, &generator)
      do { try read(input) } catch is ArchiveError {}
    }
  }

  @Test func json() throws {
    let seed = Array(#"{"a": [1, -2.5e3, true, null], "b\u00e9\ud83d\ude00": {"c": "x\n"}}"#.utf8)
    try check(seed, rounds: 3000) { _ = try JSONValue(parsing: $0, file: "x").compact() }
  }

  @Test func npyFiles() throws {
    let seed = try NpyArray.encode(floats: [1, 2, 3, 4, 5, 6], shape: [2, 3])
    try check(seed, rounds: 3000) { _ = try NpyArray.read($0, origin: "x").floats() }
    let fortran = npy("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 3), }", data: 12)
    try check(fortran, rounds: 3000) { _ = try NpyArray.read($0, origin: "x").floats() }
  }

  @Test func safetensorsFiles() throws {
    let path = folder("x")
    try SafetensorsWriter.write(
      [TensorSource(name: "a", floats: [1], shape: [1]), TensorSource(name: "b", floats: [], shape: [0])],
      to: path)
    try check(contents(path), rounds: 1000) { bytes in
      try write(bytes, path)
      let file = try SafetensorsFile(path: path)
      for entry in file.entries { _ = try file.floats(entry.name) }
    }
  }

  @Test func archives() throws {
    let path = folder("x")
    try writeModel(path)
    try check(contents(path), rounds: 1000) { bytes in
      try write(bytes, path)
      _ = try TarIndex(path)
      _ = try ModelArchive.open(path, verifyDigests: false)
    }
  }

  @Test func manifests() throws {
    let path = folder("x")
    try writeModel(path)
    try check(ModelArchive.open(path).manifest.bytes, rounds: 2000) {
      _ = try Manifest(parsing: $0, file: "x").bytes
    }
  }
}
