/// Where the central directory of a ZIP file lies, from the record(s) at the end of the file (APPNOTE 4.3.14
/// to 4.3.16).
struct NpzEnd {
  let directoryOffset: Int
  let directorySize: Int
  let memberCount: Int

  private static let recordSize = 22
  private static let locatorSize = 20
  private static let zip64RecordSize = 56

  /// Whether a file begins with a member, or with the end of an archive without members.
  static func beginsLikeZip(_ start: [UInt8]) -> Bool {
    start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6])
  }

  init(_ descriptor: FileDescriptor, fileSize: Int) throws {
    let origin = Origin(file: descriptor.file)
    guard Self.beginsLikeZip(try descriptor.bytes(at: 0, count: min(4, fileSize))) else {
      throw origin.error(.notAZip)
    }
    let tail = try descriptor.bytes(at: max(0, fileSize - 65_557), count: min(65_557, fileSize))
    guard let at = Self.lastRecord(in: tail) else { throw origin.error(.zipTruncated) }
    let record = ZipFields(tail[at..<at + Self.recordSize])
    let position = fileSize - tail.count + at

    var directoryEnd = position
    var fields = (
      disks: record.u16(4) | record.u16(6), onDisk: record.u16(8), count: record.u16(10),
      size: record.u32(12), offset: record.u32(16)
    )
    if let zip64 = try Self.zip64(descriptor, before: position) {
      let wide = zip64.fields
      directoryEnd = zip64.position
      // Two readers must not see two directories in one file.
      guard fields.count == 0xFFFF || fields.count == wide.u64(32),
        fields.size == 0xFFFF_FFFF || fields.size == wide.u64(40),
        fields.offset == 0xFFFF_FFFF || fields.offset == wide.u64(48)
      else { throw origin.error(.zipDirectory("its two end records differ")) }
      let narrowDisks = [record.u16(4), record.u16(6)].contains { $0 != 0 && $0 != 0xFFFF }
      fields = (
        disks: wide.u32(16) | wide.u32(20) | (narrowDisks ? 1 : 0), onDisk: wide.u64(24),
        count: wide.u64(32), size: wide.u64(40), offset: wide.u64(48)
      )
    }
    guard fields.disks == 0, fields.onDisk == fields.count else {
      throw origin.error(.zipDirectory("the archive is split over several files"))
    }
    guard fields.offset <= directoryEnd, fields.size == directoryEnd - fields.offset else {
      throw origin.error(.zipDirectory("it is not where the end of the file says"))
    }
    directoryOffset = fields.offset
    directorySize = fields.size
    memberCount = fields.count
  }

  /// The last end record whose comment reaches exactly to the end of the file.
  private static func lastRecord(in tail: [UInt8]) -> Int? {
    var at = tail.count - recordSize
    while at >= 0 {
      if tail[at] == 0x50, tail[at + 1] == 0x4B, tail[at + 2] == 5, tail[at + 3] == 6,
        ZipFields(tail[at..<at + recordSize]).u16(20) == tail.count - at - recordSize
      {
        return at
      }
      at -= 1
    }
    return nil
  }

  /// The wide end record, which a locator directly before the narrow one points to; nil without a locator.
  private static func zip64(
    _ descriptor: FileDescriptor, before end: Int
  ) throws -> (fields: ZipFields, position: Int)? {
    guard end >= locatorSize else { return nil }
    let locator = ZipFields(try descriptor.bytes(at: end - locatorSize, count: locatorSize))
    guard locator.u32(0) == 0x0706_4B50 else { return nil }
    let malformed = Origin(file: descriptor.file).error(.zipDirectory("its zip64 end record is malformed"))
    let position = locator.u64(8)
    guard locator.u32(4) == 0, locator.u32(16) <= 1, end - locatorSize >= zip64RecordSize,
      position <= end - locatorSize - zip64RecordSize
    else { throw malformed }
    let fields = ZipFields(try descriptor.bytes(at: position, count: zip64RecordSize))
    guard fields.u32(0) == 0x0606_4B50, fields.u64(4) == end - locatorSize - position - 12 else {
      throw malformed
    }
    return (fields, position)
  }
}

/// Little-endian numbers of a record; 0 outside it.
struct ZipFields {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }
  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  func u16(_ offset: Int) -> Int { number(offset, 2) }
  func u32(_ offset: Int) -> Int { number(offset, 4) }
  /// Values beyond `Int.max` become `Int.max`, which no size or offset here can be.
  func u64(_ offset: Int) -> Int { number(offset, 8) }

  private func number(_ offset: Int, _ width: Int) -> Int {
    guard offset >= 0, offset <= bytes.count - width else { return 0 }
    var value: UInt64 = 0
    for index in 0..<width { value |= UInt64(bytes[bytes.startIndex + offset + index]) << UInt64(8 * index) }
    return Int(exactly: value) ?? .max
  }
}
