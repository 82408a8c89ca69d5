/// A name of a model in the store: `[a-z0-9][a-z0-9._-]*`, optionally followed by `@` and the number of a
/// version, from 1 on.
public struct ModelName: Sendable, Equatable, CustomStringConvertible {
  public let name: String
  /// nil where any version is meant.
  public let version: Int?

  /// nil if `text` is not of that form, or the name is longer than 100 bytes.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, Self.isName(name) else { return nil }
    self.name = name
    guard parts.count > 1 else {
      version = nil
      return
    }
    guard let number = Self.version(parts[1]) else { return nil }
    version = number
  }

  init(name: String, version: Int) {
    self.name = name
    self.version = version
  }

  public var description: String { version.map { "\(name)@\($0)" } ?? name }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 100 else { return false }
    func isCore(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    return isCore(first) && text.utf8.allSatisfy { isCore($0) || "._-".utf8.contains($0) }
  }

  /// At most nine digits, the first not 0: every version has one way to be written.
  private static func version(_ text: String) -> Int? {
    guard let first = text.utf8.first, first != 0x30, text.utf8.count <= 9 else { return nil }
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
