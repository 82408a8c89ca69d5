import Glibc

/// Where an archive to be installed comes from.
public enum ArchiveSource: Sendable, Equatable {
  case file(String)
  case standardInput

  /// For messages.
  public var description: String {
    switch self {
    case .file(let path): path
    case .standardInput: "standard input"
    }
  }

  /// The archives that a user means by `text`: a file, a folder of archives (`*.tar`, in natural order), a
  /// `file://` address of either, or `-` for standard input.
  /// - Throws: `ArchiveError` if there is no such file, or no archive in the folder.
  public static func find(_ text: String) throws -> [ArchiveSource] {
    if text == "-" { return [.standardInput] }
    let path = try localPath(text)
    var status = stat()
    guard stat(path, &status) == 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [.file(path)] }
    let names = try folderContents(path).filter { $0.hasSuffix(".tar") && !$0.hasPrefix(".") }
    guard !names.isEmpty else { throw ArchiveError(.noArchives, file: path) }
    let stem = path.hasSuffix("/") ? path : path + "/"
    return names.sorted(by: naturallyPrecedes).map { .file(stem + $0) }
  }

  /// The path that a `file:` address stands for (RFC 8089); any text that is no address is a path.
  static func localPath(_ text: String) throws -> String {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return text }
    let scheme = text[..<colon].lowercased()
    var rest = text[text.utf8.index(after: colon)...]
    guard scheme == "file" else {
      guard rest.hasPrefix("//"), scheme.utf8.allSatisfy({ isAlphanumeric($0) || "+-.".utf8.contains($0) }) else {
        return text
      }
      throw ArchiveError(.notLocal, file: text)
    }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let host = rest.prefix { $0 != "/" }
      guard host.isEmpty || host.lowercased() == "localhost" else {
        throw ArchiveError(.badAddress("it names another machine, \(quoted(String(host)))"), file: text)
      }
      rest = rest.dropFirst(host.count)
    }
    guard rest.hasPrefix("/") else {
      throw ArchiveError(.badAddress("its path must be absolute: file:///folder/model.tar"), file: text)
    }
    return try percentDecoded(rest, of: text)
  }

  private static func percentDecoded(_ path: Substring, of text: String) throws -> String {
    var bytes: [UInt8] = []
    var rest = path.utf8
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit),
          high != 0 || low != 0
        else { throw ArchiveError(.badAddress("'%' must be followed by two hexadecimal digits, not 00"), file: text) }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "?"), UInt8(ascii: "#"):
        throw ArchiveError(.badAddress("'?' and '#' are written %3F and %23 in an address"), file: text)
      default: bytes.append(byte)
      }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw ArchiveError(.badAddress("it is not UTF-8"), file: text)
    }
    return decoded
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
