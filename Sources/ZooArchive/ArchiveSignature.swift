/// An Ed25519 signature of a model: of the bytes of its `manifest.json`, which hold the digest of every member.
///
/// Signatures are in the member `manifest.sig`, right after the manifest and not listed in it; so signing changes neither
/// the manifest nor the model's identity.
public struct ArchiveSignature: Sendable, Equatable {
  public static let path = "manifest.sig"
  public static let schema = "zoo.signature/1"
  /// Bytes of `manifest.sig` that are read.
  public static let maximumSize = 64 << 10
  /// Signatures that one archive may have.
  public static let maximumCount = 16

  public let key: PublicKey
  /// 64 bytes.
  public let bytes: [UInt8]

  /// Signs.
  public init(of manifest: [UInt8], by key: SigningKey) throws {
    self.key = key.publicKey
    bytes = try key.signature(of: manifest)
  }

  private init(key: PublicKey, bytes: [UInt8]) { (self.key, self.bytes) = (key, bytes) }

  func isValid(for manifest: [UInt8]) -> Bool { key.verifies(bytes, of: manifest) }

  /// Reads `manifest.sig`, strictly: unknown keys and algorithms, keys that occur twice or out of order are refused.
  static func parse(_ bytes: [UInt8], _ origin: Origin) throws -> [ArchiveSignature] {
    let limits = JSONLimits(bytes: maximumSize, depth: 4)
    let value = try JSONValue(parsing: bytes, file: origin.file, member: origin.member, limits: limits)
    let fields = try JSONFields(value, "", origin)
    guard try fields.string("schema") == schema else {
      throw origin.error(.signatureFile("schema must be \"\(schema)\""))
    }
    try fields.allow(["schema", "signatures"])
    let signatures = try fields.objects("signatures").map { item in
      try item.allow(["algorithm", "key", "signature"])
      guard try item.string("algorithm") == "ed25519" else {
        throw origin.error(.signatureFile("the algorithm must be ed25519"))
      }
      guard let key = PublicKey(hex: try item.string("key")) else {
        throw origin.error(.signatureFile("key must be 64 small hexadecimal digits"))
      }
      guard let signature = hexBytes(try item.string("signature"), count: 64) else {
        throw origin.error(.signatureFile("signature must be 128 small hexadecimal digits"))
      }
      return ArchiveSignature(key: key, bytes: signature)
    }
    guard (1...maximumCount).contains(signatures.count) else {
      throw origin.error(.signatureFile("there must be 1 to \(maximumCount)"))
    }
    for (a, b) in zip(signatures, signatures.dropFirst()) where a.key.hex >= b.key.hex {
      throw origin.error(.signatureFile("keys must be in order, each once"))
    }
    return signatures
  }

  /// The bytes of `manifest.sig`: in the order of the keys.
  static func encode(_ signatures: [ArchiveSignature]) -> [UInt8] {
    let sorted = signatures.sorted { $0.key.hex < $1.key.hex }
    let value: JSONValue = [
      "schema": .string(schema),
      "signatures": .array(
        sorted.map {
          ["algorithm": "ed25519", "key": .string($0.key.hex), "signature": .string(hexText($0.bytes))]
        }),
    ]
    return Array(value.pretty().utf8)
  }
}
