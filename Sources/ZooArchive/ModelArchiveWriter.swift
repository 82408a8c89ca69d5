/// A member of an archive to be written.
public struct ArchiveMember: Sendable {
  public let path: String
  public let role: Manifest.Role
  public let bytes: [UInt8]

  public init(_ path: String, _ role: Manifest.Role, _ bytes: [UInt8]) {
    self.path = path
    self.role = role
    self.bytes = bytes
  }

  public init(_ path: String, _ role: Manifest.Role, text: String) {
    self.init(path, role, Array(text.utf8))
  }
}

/// Writes model archives; the same model always gives the same bytes.
public enum ModelArchiveWriter {
  /// Writes an archive: the manifest first, the members by path, the weights last. The file appears whole,
  /// or not at all.
  /// - Parameters:
  ///   - members: all but manifest and weights; `config.yaml` must be among them.
  ///   - weights: each source is asked for its bytes twice, first for the digest in the manifest.
  /// - Returns: the digest of the manifest, which is the identity of the model.
  @discardableResult
  public static func write(
    to path: String, name: String, members: [ArchiveMember], weights: [TensorSource], licence: String,
    tags: [String] = [], provenance: Manifest.Provenance, plugins: [Manifest.Plugin]
  ) throws -> String {
    let safetensors = try SafetensorsWriter(weights, file: path, member: Manifest.weightsPath)
    let sorted = members.sorted { bytesPrecede($0.path, $1.path) }
    var listed = sorted.map {
      Manifest.Member(path: $0.path, size: $0.bytes.count, sha256: Digest.sha256($0.bytes), role: $0.role)
    }
    var hasher = StreamingDigest()
    try safetensors.produce { hasher.update($0) }
    let weightsDigest = hasher.hex()
    listed.append(
      Manifest.Member(
        path: Manifest.weightsPath, size: safetensors.byteCount, sha256: weightsDigest, role: .weights))
    let manifest = Manifest(
      name: name, licence: licence, tags: tags, members: listed, provenance: provenance, plugins: plugins)
    try manifest.check(Origin(file: path, member: Manifest.path))

    let tar = try TarWriter(path)
    let manifestBytes = manifest.bytes
    try tar.add(Manifest.path, bytes: manifestBytes)
    for member in sorted { try tar.add(member.path, bytes: member.bytes) }
    // Sources that do not give the same bytes twice must not make an archive that fails to verify.
    var second = StreamingDigest()
    try tar.add(Manifest.weightsPath, size: safetensors.byteCount) { sink in
      try safetensors.produce { bytes in
        second.update(bytes)
        try sink(bytes)
      }
    }
    let written = second.hex()
    guard written == weightsDigest else {
      throw ArchiveError(
        .memberDigest(actual: written, listed: weightsDigest), file: path, member: Manifest.weightsPath)
    }
    try tar.finish()
    return Digest.sha256(manifestBytes)
  }
}
