import ZooABI

/// A 64-bit little-endian shared library of this machine as bytes; every read is checked against the file's
/// end.
struct ElfImage {
  private let bytes: UnsafeRawBufferPointer
  private let path: String
  private var segments: [Segment] = []

  private struct Segment {
    let type: Int
    let offset: Int
    let size: Int
  }

  private static let load = 1
  private static let note = 4
  #if arch(x86_64)
    private static let machine = 62
  #else
    private static let machine = 183
  #endif

  init(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(HostError) {
    (self.bytes, self.path) = (bytes, path)
    let sharedObject = 3
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), read(16, UInt16.self) == sharedObject,
      read(18, UInt16.self) == Self.machine
    else { throw .file(path, .notLibrary) }
    guard let table = read(32, UInt64.self), let size = read(54, UInt16.self),
      let count = read(56, UInt16.self)
    else {
      throw .file(path, .truncated)
    }
    for index in 0..<count {
      let (start, overflow) = table.addingReportingOverflow(index * size)
      // A loaded segment past the end of the file would be a bus error inside dlopen.
      guard !overflow, let type = read(start, UInt32.self), let offset = read(start + 8, UInt64.self),
        let length = read(start + 32, UInt64.self), offset <= bytes.count, length <= bytes.count - offset
      else { throw .file(path, .truncated) }
      segments.append(Segment(type: type, offset: offset, size: length))
    }
    // Linkers write the table of sections last, so a cut anywhere takes some of it.
    if let table = read(40, UInt64.self), let size = read(58, UInt16.self), let count = read(60, UInt16.self)
    {
      guard table == 0 || size * count <= bytes.count - min(table, bytes.count) else {
        throw .file(path, .truncated)
      }
    }
  }

  /// Nil past the end and for numbers that no file has.
  private func read<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> Int? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { return nil }
    return Int(exactly: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// The zoo note among the notes of all note segments.
  func note() throws(HostError) -> PluginNote {
    for segment in segments where segment.type == Self.note {
      let end = segment.offset + segment.size
      var place = segment.offset
      while place <= end - 12, let nameSize = read(place, UInt32.self),
        let size = read(place + 4, UInt32.self),
        let type = read(place + 8, UInt32.self)
      {
        let description = place + 12 + (nameSize + 3) & ~3
        guard description <= end, size <= end - description else { break }
        if nameSize == 4, type == 1, bytes[place + 12..<place + 15].elementsEqual("zoo".utf8), size >= 8,
          let found = parse(description, size)
        {
          return found
        }
        place = description + (size + 3) & ~3
      }
    }
    throw .file(path, .noNote)
  }

  private func parse(_ place: Int, _ size: Int) -> PluginNote? {
    guard read(place, UInt32.self) == Int(ZOO_ABI_MAGIC), let major = read(place + 4, UInt16.self),
      let needs = read(place + 6, UInt16.self)
    else { return nil }
    let text = bytes[place + 8..<place + size].prefix { $0 != 0 }
    return PluginNote(major: major, needs: needs, builtWith: String(decoding: text, as: UTF8.self))
  }
}
