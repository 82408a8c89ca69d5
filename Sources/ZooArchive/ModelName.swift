/// A name of a model in the store: `[a-z0-9][a-z0-9._-]*`, optionally followed by `@` and a version of the
/// same form.
public struct ModelName: Sendable, Equatable, CustomStringConvertible {
  public let name: String
  public let version: String?

  /// nil if `text` is not of that form, or a part is longer than 100 bytes.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, parts.allSatisfy(Self.isPart) else { return nil }
    self.name = name
    version = parts.count > 1 ? parts[1] : nil
  }

  public var description: String { version.map { "\(name)@\($0)" } ?? name }

  private static func isPart(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 100 else { return false }
    func isCore(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    return isCore(first) && text.utf8.allSatisfy { isCore($0) || "._-".utf8.contains($0) }
  }
}
