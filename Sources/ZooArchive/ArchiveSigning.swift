extension ModelArchive {
  /// Writes this archive with a signature more; one that the key gave before is replaced. Nothing else changes, and the
  /// file appears whole or not at all.
  /// - Parameter path: may be this archive's own.
  public func sign(with key: SigningKey, to path: String) throws {
    let manifestBytes = try data(Manifest.path, limit: Manifest.maximumSize)
    let signature = try ArchiveSignature(of: manifestBytes, by: key)
    let signatures = self.signatures.filter { $0.key != key.publicKey } + [signature]
    guard signatures.count <= ArchiveSignature.maximumCount else {
      throw ArchiveError(
        .signatureFile("there must be 1 to \(ArchiveSignature.maximumCount)"), file: self.path,
        member: ArchiveSignature.path)
    }
    let tar = try TarWriter(path)
    try tar.add(Manifest.path, bytes: manifestBytes)
    try tar.add(ArchiveSignature.path, bytes: ArchiveSignature.encode(signatures))
    for member in reader.members where member.name != Manifest.path && member.name != ArchiveSignature.path {
      try tar.add(member.name, size: member.size) { sink in
        try reader.descriptor.forEachBlock(at: member.dataOffset, count: member.size) { try sink($0) }
      }
    }
    try tar.finish()
  }

  /// - Throws: `ArchiveError` unless one of `keys` signed this archive.
  public func requireSignature(by keys: [PublicKey]) throws {
    guard signatures.contains(where: { keys.contains($0.key) }) else {
      throw ArchiveError(.notSignedBy(keys.map(\.hex), signers: signatures.map(\.key.hex)), file: path)
    }
  }
}
