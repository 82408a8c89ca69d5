/// A folder made by `ModelArchive.unpack(to:)`, perhaps edited since, ready to become an archive.
///
/// As long as every file is what the manifest says, the archive is byte for byte what was unpacked. Otherwise the result is
/// another model with the old one as its parent: its manifest is made anew, and what spoke of the old content (signatures;
/// golden outputs, where the config or the weights changed) is left out.
public struct FolderPacking {
  public let folder: String
  /// Of the archive to be.
  public let manifest: Manifest
  public let isUnchanged: Bool
  /// What was left out and why, one sentence each.
  public let notes: [String]
  private let manifestBytes: [UInt8]
  private let signatures: [ArchiveSignature]

  /// Reads the folder and the digests of all its files.
  /// - Parameter zoo: this software's version, recorded where a new manifest is made.
  /// - Throws: `ArchiveError` for a folder that no archive can be made of.
  public init(folder: String, zoo: String) throws {
    self.folder = folder
    let files = try FolderFiles(folder)
    let path = folder + "/" + Manifest.path
    guard files.paths.contains(Manifest.path) else { throw ArchiveError(.folderNoManifest, file: folder) }
    let text = try WholeFile.read(path, limit: Manifest.maximumSize)
    let listed = try Manifest(parsing: text, file: folder)
    var members: [Manifest.Member] = []
    for name in files.paths where name != Manifest.path && name != ArchiveSignature.path {
      guard let role = listed.member(name)?.role ?? Manifest.Role(path: name) else {
        throw ArchiveError(.folderRole, file: folder + "/" + name)
      }
      let descriptor = try FileDescriptor.openForReading(folder + "/" + name)
      let size = try descriptor.size()
      members.append(
        Manifest.Member(
          path: name, size: size, sha256: try Digest.sha256(descriptor, at: 0, count: size), role: role))
    }
    let signatures = try Self.signatures(files, folder)
    // Another writer's order is kept.
    let inOrder = members.sorted { bytesPrecede($0.path, $1.path) }
    isUnchanged = listed.members.sorted { bytesPrecede($0.path, $1.path) } == inOrder
    if isUnchanged {
      (manifest, manifestBytes) = (listed, text)
      let valid = signatures.filter { $0.isValid(for: text) }
      self.signatures = valid
      notes =
        valid.count == signatures.count ? [] : ["the manifest was edited; signatures of the old one are left out"]
    } else {
      let edited = try EditedModel(listed, digest: Digest.sha256(text), members: inOrder, zoo: zoo)
      (manifest, manifestBytes) = (edited.manifest, edited.manifest.bytes)
      self.signatures = []
      notes = edited.notes + (signatures.isEmpty ? [] : ["signatures are left out: they are of the old content"])
    }
    try manifest.check(Origin(file: folder, member: Manifest.path))
  }

  private static func signatures(_ files: FolderFiles, _ folder: String) throws -> [ArchiveSignature] {
    guard files.paths.contains(ArchiveSignature.path) else { return [] }
    let path = folder + "/" + ArchiveSignature.path
    return try ArchiveSignature.parse(
      WholeFile.read(path, limit: ArchiveSignature.maximumSize), Origin(file: path))
  }

  /// Writes the archive: whole, or not at all.
  /// - Parameter golden: members to add to a changed model that has no golden outputs of its own.
  /// - Returns: the model's identity.
  @discardableResult
  public func write(to path: String, golden: [ArchiveMember] = []) throws -> String {
    guard isUnchanged else { return try writeEdited(to: path, golden) }
    let tar = try TarWriter(path)
    try tar.add(Manifest.path, bytes: manifestBytes)
    if !signatures.isEmpty { try tar.add(ArchiveSignature.path, bytes: ArchiveSignature.encode(signatures)) }
    for member in manifest.members {
      let descriptor = try FileDescriptor.openForReading(folder + "/" + member.path)
      var digest = StreamingDigest()
      try tar.add(member.path, size: member.size) { sink in
        try descriptor.forEachBlock(at: 0, count: member.size) { bytes in
          digest.update(bytes)
          try sink(bytes)
        }
      }
      guard digest.hex() == member.sha256 else { throw ArchiveError(.changedWhileReading, file: descriptor.file) }
    }
    try tar.finish()
    return Digest.sha256(manifestBytes)
  }

  /// Weights that another tool saved are laid out anew, so that they are aligned.
  private func writeEdited(to path: String, _ golden: [ArchiveMember]) throws -> String {
    let weights = try SafetensorsFile(path: folder + "/" + Manifest.weightsPath)
    let members = try manifest.members.filter { $0.role != .weights }.map { member in
      let file = EditedModel.source(of: member.path, in: folder, manifest)
      return ArchiveMember(member.path, member.role, try WholeFile.read(file, limit: ModelArchive.defaultMemberLimit))
    }
    return try ModelArchiveWriter.write(
      to: path, name: manifest.name, members: members + golden,
      weights: try weights.entries.map { try TensorSource(copying: $0.name, of: weights) },
      licence: manifest.licence, tags: manifest.tags, provenance: manifest.provenance, plugins: manifest.plugins)
  }
}
