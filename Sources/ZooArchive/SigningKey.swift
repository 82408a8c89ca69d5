import Crypto
import Glibc

/// An Ed25519 public key (RFC 8032), by which a signature is checked.
public struct PublicKey: Sendable, Equatable {
  static let heading = "zoo.public-key/1 ed25519"

  /// 32 bytes.
  public let bytes: [UInt8]

  /// As 64 small hexadecimal digits, by which keys are named in archives and messages.
  public var hex: String { hexText(bytes) }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Parameter hex: 64 small hexadecimal digits; nil for any other text.
  public init?(hex: String) {
    guard let bytes = hexBytes(hex, count: 32) else { return nil }
    self.bytes = bytes
  }

  /// Reads a file `NAME.pub`.
  public init(path: String) throws {
    self.init(bytes: try readKey(path, heading: Self.heading, kind: "public"))
  }

  /// The text of a file `NAME.pub`.
  public var text: String { "\(Self.heading) \(hex)\n" }

  func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
    return key.isValidSignature(signature, for: message)
  }
}

/// An Ed25519 private key. Whoever has it can sign in its owner's name.
public struct SigningKey: Sendable {
  static let heading = "zoo.private-key/1 ed25519"

  private let seed: [UInt8]
  public let publicKey: PublicKey

  /// A new key, from the system's random numbers.
  public init() {
    let key = Curve25519.Signing.PrivateKey()
    seed = key.rawRepresentation.withUnsafeBytes { Array($0) }
    publicKey = PublicKey(bytes: key.publicKey.rawRepresentation.withUnsafeBytes { Array($0) })
  }

  /// - Parameter seed: the 32 bytes that RFC 8032 calls the private key.
  /// - Throws: `ArchiveError.keyFile` naming `path` if they are no key.
  public init(seed: [UInt8], path: String = "") throws {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw ArchiveError(.keyFile(expected: "\"\(Self.heading) \" and 64 small hexadecimal digits"), file: path)
    }
    self.seed = seed
    publicKey = PublicKey(bytes: key.publicKey.rawRepresentation.withUnsafeBytes { Array($0) })
  }

  /// Reads a file `NAME.key`.
  public init(path: String) throws {
    try self.init(seed: try readKey(path, heading: Self.heading, kind: "private"), path: path)
  }

  /// 64 bytes; the same for the same message.
  func signature(of message: [UInt8]) throws -> [UInt8] {
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    return try key.signature(for: message).withUnsafeBytes { Array($0) }
  }

  /// Writes `STEM.key`, which only its owner can read, and `STEM.pub`; both or neither.
  /// - Throws: `ArchiveError.keyExists` if one of them is there already: a lost key cannot be made again.
  public func write(stem: String) throws {
    for path in [stem + ".key", stem + ".pub"] where access(path, F_OK) == 0 {
      throw ArchiveError(.keyExists, file: path)
    }
    let secret = try AtomicFile(stem + ".key", mode: 0o600)
    let open = try AtomicFile(stem + ".pub")
    try secret.write(Array("\(Self.heading) \(hexText(seed))\n".utf8))
    try open.write(Array(publicKey.text.utf8))
    try secret.commit()
    do { try open.commit() } catch {
      unlink(stem + ".key")
      throw error
    }
  }
}

/// The 32 bytes of a key file: one line of a heading and 64 small hexadecimal digits.
private func readKey(_ path: String, heading: String, kind: String) throws -> [UInt8] {
  let text = String(decoding: try WholeFile.read(path, limit: 4096), as: UTF8.self)
  let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
  guard line.hasPrefix(heading + " "), let bytes = hexBytes(String(line.dropFirst(heading.count + 1)), count: 32) else {
    throw ArchiveError(
      .keyFile(expected: "\"\(heading) \" and 64 small hexadecimal digits (a \(kind) key)"), file: path)
  }
  return bytes
}
