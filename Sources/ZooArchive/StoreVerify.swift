import Glibc

extension Store {
  /// Checks a model that `list` gave: its archive is there, is the one that was installed, bit by bit, and
  /// is a whole model archive by every digest in its manifest.
  /// - Returns: false if the model was removed or replaced meanwhile.
  /// - Throws: `ArchiveError`: what is wrong.
  public func verify(_ model: InstalledModel, progress: CopyProgress? = nil) throws -> Bool {
    do {
      let blob = try FileDescriptor.openForReading(path(for: model))
      let size = try blob.size()
      guard size == model.size else {
        throw ArchiveError(.blobSize(model: model.reference, actual: size, recorded: model.size), file: root)
      }
      var stream = TarStream(file: blob.file)
      try blob.forEachBlock(at: 0, count: size) { bytes in
        try stream.update(bytes)
        progress?(stream.count, size)
      }
      let digests = Dictionary(stream.members.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first })
      let archive = try ModelArchive(blob) { digests[$0.name] ?? "" }
      guard InstalledModel.blobPrefix + stream.digest == model.blob, archive.digest == model.digest else {
        throw ArchiveError(.recordOfAnother, file: blob.file)
      }
      return true
    } catch let error as ArchiveError {
      guard try record(model.name, model.version) == model else { return false }
      if error.problem == .system(.open, errno: ENOENT) {
        throw ArchiveError(.blobMissing(model: model.reference), file: root)
      }
      throw error
    }
  }
}
