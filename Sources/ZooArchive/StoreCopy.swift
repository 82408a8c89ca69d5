import Glibc

extension Store {
  /// Copies `source` to `temporary` and checks every digest of its manifest on the way, in one pass over the
  /// bytes. `outline` is the archive's structure as read before; it is read again from the copy, which is
  /// what counts if somebody wrote to the source meanwhile.
  /// - Returns: the SHA-256 of the whole file.
  func copyVerifying(
    _ source: FileDescriptor, _ outline: ModelArchive, to temporary: StoreTemporary
  ) throws -> String {
    let parts = try TarReader(source, mode: .strict).members
    let cloned = clone(source, to: temporary.descriptor)
    var whole = StreamingDigest()
    var digests: [String: String] = [:]
    var position = 0

    func pass(upTo end: Int, member: inout StreamingDigest?) throws {
      let from = cloned ? temporary.descriptor : source
      do {
        try from.forEachBlock(at: position, count: end - position) { bytes in
          if !cloned { try temporary.descriptor.write(bytes) }
          whole.update(bytes)
          member?.update(bytes)
        }
      } catch let error as ArchiveError where error.problem == .changedWhileReading {
        throw ArchiveError(.changedWhileReading, file: source.file)
      }
      position = end
    }

    for part in parts {
      var none: StreamingDigest?
      try pass(upTo: part.dataOffset, member: &none)
      var digest: StreamingDigest? = StreamingDigest()
      try pass(upTo: part.dataOffset + part.size, member: &digest)
      digests[part.name] = digest?.hex()
    }
    var none: StreamingDigest?
    try pass(upTo: outline.fileSize, member: &none)

    do {
      let copy = try ModelArchive(temporary.descriptor) { digests[$0.name] ?? "" }
      guard copy.digest == outline.digest, copy.fileSize == outline.fileSize,
        try TarReader(temporary.descriptor, mode: .strict).members == parts
      else { throw ArchiveError(.changedWhileReading, file: source.file) }
    } catch let error as ArchiveError {
      // The user knows the source, not the temporary copy.
      throw ArchiveError(error.problem, file: source.file, member: error.member, tensor: error.tensor)
    }
    try temporary.descriptor.sync()
    return whole.hex()
  }

  /// Shares the blocks of the source where the file system can (btrfs, XFS); false where it cannot.
  private func clone(_ source: FileDescriptor, to target: FileDescriptor) -> Bool {
    // FICLONE of <linux/fs.h>, a function-like macro that Swift does not see: _IOW(0x94, 9, int).
    let request: UInt = 0x4004_9409
    return ioctl(target.raw, request, source.raw) == 0
  }
}
