import Crypto

/// SHA-256 as 64 small hexadecimal digits.
public enum Digest {
  public static func sha256(_ bytes: [UInt8]) -> String {
    var hasher = StreamingDigest()
    bytes.withUnsafeBytes { hasher.update($0) }
    return hasher.hex()
  }

  /// The digest of a file, read in blocks of 1 MiB.
  public static func sha256(file path: String) throws -> String {
    let descriptor = try FileDescriptor.openForReading(path)
    return try sha256(descriptor, at: 0, count: descriptor.size())
  }

  /// The digest of tensors: names, types, shapes and bytes, whatever their order.
  public static func sha256(_ tensors: [TensorSource]) throws -> String {
    var hasher = StreamingDigest()
    for tensor in tensors.sorted(by: { $0.name < $1.name }) {
      let head = "\(tensor.name) \(tensor.dtype.rawValue) \(tensor.shape.map(String.init).joined(separator: ","))\n"
      Array(head.utf8).withUnsafeBytes { hasher.update($0) }
      try tensor.produce { hasher.update($0) }
    }
    return hasher.hex()
  }

  static func sha256(_ descriptor: FileDescriptor, at offset: Int, count: Int) throws -> String {
    var hasher = StreamingDigest()
    try descriptor.forEachBlock(at: offset, count: count) { hasher.update($0) }
    return hasher.hex()
  }

  /// Whether `text` has the form of a digest.
  public static func isValid(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
  }
}

/// SHA-256 of bytes that arrive in pieces.
public struct StreamingDigest {
  private var hasher = SHA256()

  public init() {}

  public mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hasher.update(bufferPointer: bytes)
  }

  /// 64 small hexadecimal digits.
  public func hex() -> String { hexText(hasher.finalize()) }
}
