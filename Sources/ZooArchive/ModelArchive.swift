/// A model archive, opened where it lies: a tar file of manifest, config, weights and the rest. Nothing is
/// extracted; the weights are mapped.
public final class ModelArchive: Sendable {
  /// Members that are read into memory may have this many bytes unless the caller says otherwise.
  public static let defaultMemberLimit = 64 << 20

  public let path: String
  public let manifest: Manifest
  /// The identity of the model: the SHA-256 of its manifest.
  public let digest: String
  /// The text of `config.yaml`.
  public let config: [UInt8]
  /// Mapped where they lie.
  public let weights: SafetensorsFile
  /// Bytes of the tar file.
  public let fileSize: Int
  /// By different keys; each was checked when the archive was opened. Whether a key is to be trusted is another
  /// question.
  public let signatures: [ArchiveSignature]
  let reader: TarReader

  /// Opens and checks an archive: structure, manifest, signatures where it has any, that the members are exactly those
  /// listed, the header of the weights, and, unless told otherwise, the SHA-256 of every member.
  public static func open(_ path: String, verifyDigests: Bool = true) throws -> ModelArchive {
    let descriptor = try FileDescriptor.openForReading(path)
    guard verifyDigests else { return try ModelArchive(descriptor, verify: nil) }
    return try ModelArchive(descriptor) { member in
      try Digest.sha256(descriptor, at: member.dataOffset, count: member.size)
    }
  }

  /// - Parameter verify: gives the digest of a member; nil to believe the manifest.
  init(_ descriptor: FileDescriptor, verify: ((TarMember) throws -> String)?) throws {
    path = descriptor.file
    reader = try TarReader(descriptor, mode: .strict)
    fileSize = reader.fileSize
    guard let first = reader.members.first, first.name == Manifest.path else {
      throw ArchiveError(.manifestNotFirst, file: path)
    }
    let text = try reader.bytes(of: first, limit: Manifest.maximumSize)
    manifest = try Manifest(parsing: text, file: path)
    digest = Digest.sha256(text)
    signatures = try Self.signatures(reader, manifest: text)
    try Self.compare(reader, manifest)
    if let verify { try Self.verify(reader, manifest, verify) }
    config = try reader.bytes(of: reader.required(Manifest.configPath), limit: Self.defaultMemberLimit)
    let member = try reader.required(Manifest.weightsPath)
    let range = member.dataOffset..<(member.dataOffset + member.size)
    weights = try SafetensorsFile(MappedFile(descriptor), member: member.name, range: range)
  }

  private static func signatures(_ reader: TarReader, manifest: [UInt8]) throws -> [ArchiveSignature] {
    guard reader.members.count > 1, reader.members[1].name == ArchiveSignature.path else { return [] }
    let origin = Origin(file: reader.path, member: ArchiveSignature.path)
    let bytes = try reader.bytes(of: reader.members[1], limit: ArchiveSignature.maximumSize)
    let signatures = try ArchiveSignature.parse(bytes, origin)
    for signature in signatures where !signature.isValid(for: manifest) {
      throw origin.error(.signatureWrong(key: signature.key.hex))
    }
    return signatures
  }

  private static func compare(_ reader: TarReader, _ manifest: Manifest) throws {
    for listed in manifest.members {
      guard let member = reader.member(listed.path) else {
        throw ArchiveError(.memberMissing, file: reader.path, member: listed.path)
      }
      guard member.size == listed.size else {
        throw ArchiveError(
          .memberSize(actual: member.size, listed: listed.size), file: reader.path, member: listed.path)
      }
    }
    let listed = Set(manifest.members.map(\.path))
    let isSigned = reader.members.count > 1 && reader.members[1].name == ArchiveSignature.path
    for member in reader.members.dropFirst(isSigned ? 2 : 1) where !listed.contains(member.name) {
      throw ArchiveError(.memberUnlisted, file: reader.path, member: member.name)
    }
  }

  private static func verify(
    _ reader: TarReader, _ manifest: Manifest, _ digest: (TarMember) throws -> String
  ) throws {
    for listed in manifest.members {
      let actual = try digest(reader.required(listed.path))
      guard actual == listed.sha256 else {
        throw ArchiveError(
          .memberDigest(actual: actual, listed: listed.sha256), file: reader.path, member: listed.path)
      }
    }
  }

  /// The bytes of a member of at most `limit` bytes.
  public func data(_ member: String, limit: Int = ModelArchive.defaultMemberLimit) throws -> [UInt8] {
    try reader.bytes(of: reader.required(member), limit: limit)
  }

  /// Members of a role, in the order of the archive.
  public func members(_ role: Manifest.Role) -> [Manifest.Member] {
    manifest.members.filter { $0.role == role }
  }
}
