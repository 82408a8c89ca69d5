import Glibc
import Testing
import ZooArchive

/// Files that are damaged or lie: each is refused with a sentence.
@Suite struct NpzHostileTests {
  private let file: ScratchFile
  private var path: String { file.path }

  init() throws { file = try ScratchFile() }

  private func array() throws -> [UInt8] { try NpyArray.encode(floats: [1, 2, 3], shape: [3]) }

  /// The error, without the file's name, of opening the file and reading everything in it.
  private func refusal(_ bytes: [UInt8]) throws -> String {
    try file.replace(bytes)
    let text = message {
      let file = try NpzFile(path: path)
      for name in file.tensorNames { _ = try file.floats(name) }
    }
    return text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text
  }

  private func refusal(
    _ name: String = "a.npy", _ data: [UInt8]? = nil, _ change: (inout NpzZip.Member) -> Void = { _ in }
  ) throws -> String {
    var zip = NpzZip()
    zip.add(name, try data ?? array(), change)
    return try refusal(zip.bytes())
  }

  @Test func whatIsNotAnNpzFile() throws {
    #expect(try refusal([]) == "not an npz file: it does not begin as a ZIP file does")
    #expect(try refusal(array()) == "not an npz file: it does not begin as a ZIP file does")
    #expect(
      try refusal("archive/data.pkl")
        == "archive/data.pkl: not an .npy member; npz files hold nothing else (PyTorch's .pt and .pth, "
        + "ZIP files too, are not read)")
    #expect(try refusal("folder/").hasPrefix("folder/: not an .npy member; "))
    #expect(try refusal("a.npy", Array("PK and more".utf8)) == "a.npy: not an npy file")
    #expect(try refusal("a.npy", []) == "a.npy: not an npy file")
  }

  @Test func names() throws {
    let rule = "name not allowed: it must be UTF-8 without control characters, and not empty"
    #expect(try refusal("") == ": " + rule)
    #expect(try refusal(".npy") == ".npy: " + rule)
    #expect(try refusal("a\u{1B}[2J.npy") == "a\\u{1b}[2J.npy: " + rule)
    #expect(try refusal("a\0.npy") == "a\\u{0}.npy: " + rule)
    #expect(try refusal("x") { $0.name = [0xFF] + Array(".npy".utf8) } == "\u{FFFD}.npy: " + rule)
    // Names are keys and never paths.
    #expect(try refusal("../../etc/a.npy") == "no error")
    #expect(try refusal("/a.npy") == "no error")
    var zip = NpzZip()
    zip.add("a.npy", try array())
    zip.add("a.npy", try array())
    #expect(try refusal(zip.bytes()) == "a.npy: the member occurs twice")
  }

  @Test func encryptionAndOtherMethods() throws {
    for bit in [0, 6, 13] {
      #expect(
        try refusal { $0.flags = 1 << bit }
          == "a.npy: the member is encrypted; save the file without a password")
    }
    #expect(
      try refusal { $0.method = 14 }
        == "a.npy: compression method 14 is not read; stored (0) and deflated (8) are")
  }

  @Test func sizesThatLie() throws {
    #expect(
      try refusal { $0.size = 141 } == "a.npy: malformed ZIP member: it is stored, but its two sizes differ")
    #expect(
      try refusal { ($0.size, $0.compressed) = (500, 500) }
        == "a.npy: truncated npz file: the member needs 500 bytes, there is room for 175")
    #expect(
      try refusal { ($0.method, $0.size) = (8, 1 << 20) }
        == "a.npy: 140 bytes cannot hold the 1048576 that are declared; not read, it may be a ZIP bomb")
    #expect(
      try refusal { ($0.zip64, $0.method, $0.size) = (true, 8, 1 << 41) }
        == "a.npy: 2199023255552 bytes; at most 1099511627776 are read here")
    #expect(
      try refusal { ($0.zip64, $0.offset) = (true, .max) }
        == "a.npy: truncated npz file: the member needs 30 bytes, there is room for 0")
    #expect(
      try refusal { $0.offset = 0xFFFF_FFFF } == "a.npy: malformed ZIP member: its zip64 sizes are missing")
    #expect(
      try refusal { $0.localName = Array("b.npy".utf8) }
        == "a.npy: malformed ZIP member: its local header is not that of the directory")
    // More and fewer bytes than the array needs.
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
    for count in [11, 13] {
      #expect(
        try refusal("a.npy", npy(header, data: count))
          == #"a.npy: shape [3] of "<f4" needs 12 bytes of data, the file has \#(count)"#)
    }
  }

  @Test func overlaps() throws {
    // The first member claims the second one too, as in overlapping ZIP bombs.
    var zip = NpzZip()
    zip.add("a.npy", try array()) { ($0.size, $0.compressed) = (180, 180) }
    zip.add("b.npy", try array())
    #expect(try refusal(zip.bytes()) == "b.npy: the member overlaps the one before it")
  }

  @Test func arraysThatAreRefused() throws {
    #expect(
      try refusal("a.npy", npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", data: 20))
        == "a.npy: the array holds Python objects; only arrays of numbers are read")
    #expect(
      try refusal("a.npy", npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", data: 8))
        == #"a.npy: dtype "<c8" is not read; booleans, integers, f2, f4, f8 and bfloat16 (V2) are"#)
    let wide = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"
    #expect(
      try refusal("a.npy", npy(wide, data: 8))
        == "a.npy: shape [4294967296, 4294967296] is larger than memory can address")
    let padded = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
    #expect(
      try refusal("a.npy", npy(padded + String(repeating: " ", count: 10_001 - padded.utf8.count), data: 4))
        == "a.npy: npy header of 10001 bytes, the limit is 10000")
    #expect(
      try refusal("a.npy", npy(padded + String(repeating: " ", count: 10_000 - padded.utf8.count), data: 4))
        == "no error")
  }

  @Test func damagedData() throws {
    #expect(
      try refusal { $0.crc = 0x1234_5678 }.hasPrefix("a.npy: damaged member: ZIP bad CRC: "))
    var bytes = streamedStoredNpz
    bytes[35 + 130] ^= 1
    #expect(try refusal(bytes).hasPrefix("x.npy: damaged member: ZIP bad CRC: "))
    bytes = streamedDeflatedNpz
    bytes[35 + 60] ^= 0x55
    #expect(try refusal(bytes).hasPrefix("x.npy: "))
    // Not deflated at all.
    let noBlock = [UInt8](repeating: 7, count: 140)
    #expect(
      try refusal("a.npy", noBlock) { $0.method = 8 }
        == "a.npy: damaged member: ZIP decompression failed (-3)")
    let text = try refusal { $0.method = 8 }
    #expect(text.hasPrefix("a.npy: damaged member: "), "\(text)")
  }

  @Test func directoriesThatLie() throws {
    var zip = NpzZip()
    zip.add("a.npy", try array())
    zip.count = 2
    #expect(try refusal(zip.bytes()) == "malformed ZIP directory: it ends too early")
    zip.count = 0
    #expect(try refusal(zip.bytes()) == "malformed ZIP directory: it holds more than its 0 entries")
    zip.count = nil
    zip.directoryOffset = 3
    #expect(try refusal(zip.bytes()) == "malformed ZIP directory: it is not where the end of the file says")
    zip.zip64 = true
    zip.directoryOffset = .max
    #expect(try refusal(zip.bytes()) == "malformed ZIP directory: it is not where the end of the file says")
    zip.directoryOffset = nil
    zip.count = .max
    #expect(
      try refusal(zip.bytes()) == "malformed ZIP directory: it has more than 100000 members or 64 MiB")
    zip.count = nil
    var bytes = zip.bytes()
    bytes[bytes.count - 12] = 2
    bytes[bytes.count - 11] = 0
    bytes[bytes.count - 14] = 2
    bytes[bytes.count - 13] = 0
    #expect(try refusal(bytes) == "malformed ZIP directory: its two end records differ")
    bytes = zip.bytes()
    bytes[bytes.count - 34] ^= 1
    #expect(try refusal(bytes) == "malformed ZIP directory: its zip64 end record is malformed")
    zip.zip64 = false
    bytes = zip.bytes()
    bytes[bytes.count - 18] = 1
    #expect(try refusal(bytes) == "malformed ZIP directory: the archive is split over several files")
  }

  @Test func everyTruncation() throws {
    for whole in [streamedDeflatedNpz, streamedStoredNpz] {
      for length in 4..<whole.count {
        #expect(
          try refusal(Array(whole.prefix(length)))
            == "truncated npz file: the ZIP directory at its end is missing", "\(length) bytes")
      }
    }
    #expect(
      try refusal(streamedStoredNpz + [0]) == "truncated npz file: the ZIP directory at its end is missing")
  }

  @Test func mutations() throws {
    var zip = NpzZip()
    zip.zip64 = true
    zip.add("a.npy", try array()) { $0.zip64 = true }
    zip.add("b.npy", npy("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 3), }", data: 12))
    var generator = MutationTests.Generator(state: 7)
    var opened = 0
    for (seed, rounds) in [(zip.bytes(), 1500), (deflatedNpz, 500)] {
      for _ in 0..<rounds {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let at = Int.random(in: bytes.indices, using: &generator)
          switch Int.random(in: 0..<8, using: &generator) {
          case 0: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &generator)))
          case 1: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
          case 2...4: bytes[at] = [0, 1, 8, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
          default: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
          }
        }
        try file.replace(bytes)
        do {
          let file = try NpzFile(path: path)
          opened += 1
          for name in file.tensorNames { _ = try file.floats(name) }
        } catch is ArchiveError {}
      }
    }
    // Both outcomes occur, or the mutations test little.
    #expect((100...1900).contains(opened))
  }
}

/// A file whose content changes thousands of times, without waiting for the disk each time.
private final class ScratchFile {
  let path: String
  private let folder: TemporaryFolder
  private let fd: Int32

  init() throws {
    folder = try TemporaryFolder()
    path = folder("w.npz")
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw ArchiveError(.system(.create, errno: errno), file: path) }
  }

  deinit { close(fd) }

  func replace(_ bytes: [UInt8]) throws {
    guard ftruncate(fd, 0) == 0, pwrite(fd, bytes, bytes.count, 0) == bytes.count else {
      throw ArchiveError(.system(.write, errno: errno), file: path)
    }
  }
}
