import Glibc

/// Told while an archive is copied: the bytes done, and all of them where that is known.
public typealias CopyProgress = (_ done: Int, _ total: Int?) -> Void

extension Store {
  /// What was copied, verified.
  struct Copied {
    let archive: ModelArchive
    /// SHA-256 of the whole file.
    let digest: String
  }

  /// Copies an archive to `temporary` and checks every digest of its manifest on the way, in one pass over the
  /// bytes. The archive's structure is read from the copy, which is what counts if somebody wrote to the source
  /// meanwhile.
  func copyVerifying(_ source: ArchiveSource, to temporary: StoreTemporary, progress: CopyProgress?) throws -> Copied {
    let copy = temporary.descriptor
    var stream = TarStream(file: source.description)
    do {
      switch source {
      case .standardInput:
        guard isatty(STDIN_FILENO) == 0 else { throw ArchiveError(.terminalInput, file: source.description) }
        try FileDescriptor.standardInput().forEachRemainingBlock { bytes in
          try stream.update(bytes)
          try copy.write(bytes)
          progress?(stream.count, nil)
        }
      case .file(let path):
        let file = try FileDescriptor.openForReading(path)
        // A file that is no model archive is refused before anything is copied.
        let size = try ModelArchive(file, verify: nil).fileSize
        let cloned = clone(file, to: copy)
        // A clone shares the source's blocks but not its later changes: it is what has to be right.
        try (cloned ? copy : file).forEachBlock(at: 0, count: size) { bytes in
          try stream.update(bytes)
          if !cloned { try copy.write(bytes) }
          progress?(stream.count, size)
        }
        // The source may have grown before it was cloned.
        guard try copy.size() == size else { throw ArchiveError(.changedWhileReading, file: path) }
      }
      let digests = Dictionary(stream.members.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
      let archive = try ModelArchive(copy) { digests[$0.name] ?? "" }
      return Copied(archive: archive, digest: stream.digest)
    } catch let error as ArchiveError where error.file == copy.file {
      // What is wrong with the copy is wrong with the source, but a full disk is the store's trouble.
      if case .system = error.problem { throw error }
      throw ArchiveError(error.problem, file: source.description, member: error.member, tensor: error.tensor)
    }
  }

  /// Shares the blocks of the source where the file system can (btrfs, XFS); false where it cannot.
  private func clone(_ source: FileDescriptor, to target: FileDescriptor) -> Bool {
    // FICLONE of <linux/fs.h>, a function-like macro that Swift does not see: _IOW(0x94, 9, int).
    let request: UInt = 0x4004_9409
    return ioctl(target.raw, request, source.raw) == 0
  }
}
