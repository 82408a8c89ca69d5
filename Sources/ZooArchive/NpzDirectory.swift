/// A member of an npz file as the central directory has it.
struct NpzMember: Sendable {
  /// With `.npy`.
  let path: String
  /// 0 stored, 8 deflated.
  let method: Int
  let crc32: Int
  let compressedSize: Int
  let size: Int
  /// Where its local header begins.
  let headerOffset: Int
  /// Where its (compressed) data begin.
  var dataOffset = 0

  /// Without `.npy`.
  var name: String { String(Substring(path.utf8.dropLast(4))) }
}

/// The members of a ZIP file by its central directory, which alone is trusted: writers that did not know the
/// sizes in advance leave placeholders in the local headers. Each member lies in the file whole, between its
/// neighbours, and under the same name in both places.
struct NpzDirectory {
  /// In the order of the file's data.
  private(set) var members: [NpzMember] = []

  static let memberLimit = 100_000
  static let sizeLimit = 64 << 20
  /// Of one member: 1 TiB.
  static let memberSizeLimit = 1 << 40
  /// Deflate cannot expand by more than 1032.
  static let ratioLimit = 1100

  private let descriptor: FileDescriptor
  private let origin: Origin
  private let end: NpzEnd

  init(_ descriptor: FileDescriptor) throws {
    self.descriptor = descriptor
    origin = Origin(file: descriptor.file)
    end = try NpzEnd(descriptor, fileSize: descriptor.size())
    guard end.memberCount <= Self.memberLimit, end.directorySize <= Self.sizeLimit else {
      throw fail("it has more than \(Self.memberLimit) members or \(Self.sizeLimit >> 20) MiB")
    }
    try readEntries()
    try checkNames()
    members.sort { $0.headerOffset < $1.headerOffset }
    try checkLayout()
  }

  private mutating func readEntries() throws {
    let bytes = try descriptor.bytes(at: end.directoryOffset, count: end.directorySize)
    var at = 0
    for _ in 0..<end.memberCount {
      guard bytes.count - at >= 46 else { throw fail("it ends too early") }
      let fields = ZipFields(bytes[at..<at + 46])
      guard fields.u32(0) == 0x0201_4B50 else { throw fail("an entry does not begin as it must") }
      let (name, extra, comment) = (fields.u16(28), fields.u16(30), fields.u16(32))
      guard bytes.count - at - 46 >= name + extra + comment else { throw fail("it ends too early") }
      at += 46
      members.append(
        try member(fields, name: bytes[at..<at + name], extra: bytes[at + name..<at + name + extra]))
      at += name + extra + comment
    }
    guard at == bytes.count else { throw fail("it holds more than its \(end.memberCount) entries") }
  }

  private func member(_ fields: ZipFields, name: ArraySlice<UInt8>, extra: ArraySlice<UInt8>) throws
    -> NpzMember
  {
    let shown = String(decoding: name, as: UTF8.self)
    guard let path = String(validating: name, as: UTF8.self),
      !path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
      path.isStreamSafe, path != ".npy", !path.isEmpty
    else { throw origin.error(.npzName, member: shown) }
    guard path.utf8.suffix(4).elementsEqual(".npy".utf8) else {
      throw origin.error(.npzMemberKind, member: shown)
    }
    // Encrypted, strongly encrypted, masked.
    guard fields.u16(8) & (1 | 1 << 6 | 1 << 13) == 0 else { throw origin.error(.zipEncrypted, member: path) }
    let method = fields.u16(10)
    guard method == 0 || method == 8 else { throw origin.error(.zipMethod(method), member: path) }

    guard let wide = Self.zip64Numbers(fields, extra), fields.u16(34) == 0 || fields.u16(34) == 0xFFFF else {
      throw origin.error(.zipMember("its zip64 sizes are missing"), member: path)
    }
    let (size, compressed) = (wide.size, wide.compressed)
    guard size <= Self.memberSizeLimit else {
      throw origin.error(.tooLarge(size: size, limit: Self.memberSizeLimit), member: path)
    }
    guard compressed <= end.directoryOffset else {
      throw origin.error(.zipBeyond(size: compressed, available: end.directoryOffset), member: path)
    }
    guard method == 8 || size == compressed else {
      throw origin.error(.zipMember("it is stored, but its two sizes differ"), member: path)
    }
    guard size / Self.ratioLimit <= compressed else {
      throw origin.error(.zipRatio(size: size, compressed: compressed), member: path)
    }
    return NpzMember(
      path: path, method: method, crc32: fields.u32(16), compressedSize: compressed, size: size,
      headerOffset: wide.offset)
  }

  /// Sizes and offset, those that are saturated from the zip64 extra field (APPNOTE 4.5.3); nil if they are
  /// not there.
  private static func zip64Numbers(
    _ fields: ZipFields, _ extra: ArraySlice<UInt8>
  ) -> (size: Int, compressed: Int, offset: Int)? {
    var numbers = [fields.u32(24), fields.u32(20), fields.u32(42)]
    guard numbers.contains(0xFFFF_FFFF) else { return (numbers[0], numbers[1], numbers[2]) }
    var rest = extra
    while rest.count >= 4 {
      let header = ZipFields(rest)
      let length = header.u16(2)
      guard rest.count - 4 >= length else { return nil }
      if header.u16(0) == 1 {
        let wide = ZipFields(rest.dropFirst(4).prefix(length))
        var at = 0
        for index in numbers.indices where numbers[index] == 0xFFFF_FFFF {
          guard length - at >= 8 else { return nil }
          numbers[index] = wide.u64(at)
          at += 8
        }
        return (numbers[0], numbers[1], numbers[2])
      }
      rest = rest.dropFirst(4 + length)
    }
    return nil
  }

  private func checkNames() throws {
    var names: Set<String> = []
    for member in members where !names.insert(member.path).inserted {
      throw origin.error(.tarDuplicate, member: member.path)
    }
  }

  /// Reads the local headers: each must be that of its entry, and nothing may lie in two members.
  private mutating func checkLayout() throws {
    var free = 0
    for index in members.indices {
      let member = members[index]
      let offset = member.headerOffset
      guard offset >= free else { throw origin.error(.zipOverlap, member: member.path) }
      guard offset <= end.directoryOffset - 30 else {
        throw origin.error(.zipBeyond(size: 30, available: end.directoryOffset - offset), member: member.path)
      }
      let name = Array(member.path.utf8)
      let header = try descriptor.bytes(
        at: offset, count: min(30 + name.count, end.directoryOffset - offset))
      let fields = ZipFields(header)
      let available = end.directoryOffset - offset - 30 - fields.u16(26) - fields.u16(28)
      guard fields.u32(0) == 0x0403_4B50, fields.u16(8) == member.method, fields.u16(6) & 1 == 0,
        fields.u16(26) == name.count, available >= 0, header.dropFirst(30).elementsEqual(name)
      else {
        throw origin.error(.zipMember("its local header is not that of the directory"), member: member.path)
      }
      guard member.compressedSize <= available else {
        throw origin.error(
          .zipBeyond(size: member.compressedSize, available: available), member: member.path)
      }
      members[index].dataOffset = end.directoryOffset - available
      free = members[index].dataOffset + member.compressedSize
    }
  }

  private func fail(_ what: String) -> ArchiveError { origin.error(.zipDirectory(what)) }
}
