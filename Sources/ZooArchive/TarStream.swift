/// Follows a ustar archive while its bytes go by, in pieces of any size: the digest of the whole and of every
/// member. Memory does not grow with the archive.
///
/// It refuses at once what is no ustar archive of plain files. All other rules are the `TarReader`'s, which
/// must agree with it about the members in the end.
struct TarStream {
  private enum State {
    case header([UInt8])
    case data(left: Int)
    case padding(left: Int)
    /// Behind the first empty block, where only zeros may follow.
    case end
  }

  /// More than the largest manifest can list.
  static let memberLimit = 200_000

  /// Bytes seen.
  private(set) var count = 0
  /// In the order of the file.
  private(set) var members: [(name: String, digest: String)] = []
  private let file: String
  private var whole = StreamingDigest()
  private var member = StreamingDigest()
  private var name = ""
  private var padding = 0
  private var state = State.header([])

  /// - Parameter file: for errors.
  init(file: String) { self.file = file }

  /// The digest of all bytes so far.
  var digest: String { whole.hex() }

  mutating func update(_ bytes: UnsafeRawBufferPointer) throws {
    whole.update(bytes)
    var rest = bytes[...]
    while !rest.isEmpty { try consume(&rest) }
  }

  /// Takes what belongs to the present part from the front of `rest`.
  private mutating func consume(_ rest: inout Slice<UnsafeRawBufferPointer>) throws {
    let taken: Slice<UnsafeRawBufferPointer>
    switch state {
    case .header(let begun):
      taken = rest.prefix(TarHeader.blockSize - begun.count)
      let block = begun + taken
      state = .header(block)
      if block.count == TarHeader.blockSize { try begin(block, at: count - begun.count) }
    case .data(let left):
      taken = rest.prefix(left)
      member.update(UnsafeRawBufferPointer(rebasing: taken))
      state = .data(left: left - taken.count)
      if taken.count == left { endData() }
    case .padding(let left):
      taken = rest.prefix(left)
      state = taken.count == left ? .header([]) : .padding(left: left - taken.count)
    case .end:
      taken = rest
    }
    rest = rest.dropFirst(taken.count)
    count += taken.count
  }

  private mutating func begin(_ block: [UInt8], at offset: Int) throws {
    let first = members.isEmpty
    if block.allSatisfy({ $0 == 0 }) {
      guard !first else { throw ArchiveError(.notATar, file: file) }
      state = .end
      return
    }
    guard !first || block[257..<262].elementsEqual("ustar".utf8) else { throw ArchiveError(.notATar, file: file) }
    let header = try TarHeader(block, at: offset, file: file)
    name = String(decoding: header.path, as: UTF8.self)
    if let kind = header.kindInWords { throw ArchiveError(.tarKind(kind), file: file, member: name) }
    guard !first || name == Manifest.path else { throw ArchiveError(.manifestNotFirst, file: file) }
    guard members.count < Self.memberLimit else {
      throw ArchiveError(.tarTooManyMembers(limit: Self.memberLimit), file: file)
    }
    guard let padded = TarHeader.padded(header.size) else {
      throw ArchiveError(.tarMemberTooLarge(size: header.size), file: file, member: name)
    }
    padding = padded - header.size
    member = StreamingDigest()
    state = .data(left: header.size)
    if header.size == 0 { endData() }
  }

  private mutating func endData() {
    members.append((name, member.hex()))
    state = padding == 0 ? .header([]) : .padding(left: padding)
  }
}
