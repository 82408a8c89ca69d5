import Glibc

/// What an install did.
public struct Installation: Sendable, Equatable {
  public enum Change: Sendable, Equatable {
    case installed
    /// The same content was there under this name.
    case unchanged
    /// Another model had the name before; its digest.
    case replaced(digest: String?)
  }

  public let model: InstalledModel
  public let change: Change
}

extension Store {
  /// Verifies an archive while copying it into the store, and gives it a name and a version.
  ///
  /// The first archive of a name becomes version 1. Installing the same content under the same name again
  /// changes nothing.
  /// - Parameters:
  ///   - source: it is copied (by reference where the file system can), never linked.
  ///   - name: `NAME` or `NAME@VERSION`; nil for the name in its manifest.
  ///   - replace: lets this model take the place of another one of that version; without a version, of the
  ///     newest.
  /// - Throws: `ArchiveError`; the store lists what it listed before.
  @discardableResult
  public func install(
    from source: ArchiveSource, name: String? = nil, replace: Bool = false, progress: CopyProgress? = nil
  ) throws -> Installation {
    let wanted = try name.map { text in
      guard let name = ModelName(text) else { throw ArchiveError(.badModelName(text), file: "") }
      return name
    }
    // Before a store is made for nothing.
    if case .file(let path) = source { _ = try FileDescriptor.openForReading(path) }
    do { return try install(source, wanted, replace, progress) } catch let error as ArchiveError {
      guard error.file.hasPrefix(temporaries + "/") else { throw error }
      // Nobody knows the temporary file's name, and it is gone.
      throw ArchiveError(error.problem, file: root)
    }
  }

  private func install(
    _ source: ArchiveSource, _ wanted: ModelName?, _ replace: Bool, _ progress: CopyProgress?
  ) throws -> Installation {
    for folder in [root, blobs, models, temporaries] { try makeFolders(folder) }
    try StoreTemporary.removeAbandoned(in: temporaries)
    let temporary = try StoreTemporary.create(in: temporaries)
    let copied = try copyVerifying(source, to: temporary, progress: progress)
    let manifest = copied.archive.manifest
    guard let chosen = wanted ?? ModelName(manifest.name) else {
      throw ArchiveError(.badModelName(manifest.name), file: source.description)
    }
    // Nobody writes to an archive of the store; other programs should not either.
    _ = fchmod(temporary.descriptor.raw, 0o444)
    // Long before the lock is taken, as it takes long.
    try temporary.descriptor.sync()

    let lock = try StoreLock(lockPath)
    defer { lock.release() }
    let blob = InstalledModel.blobPrefix + copied.digest
    let place = try place(for: chosen, blob: blob, replace: replace)
    let model = InstalledModel(
      name: chosen.name, version: place.version, blob: blob, digest: copied.archive.digest,
      size: copied.archive.fileSize, tags: manifest.tags)
    // Even if the blob is there already: this copy was just verified, that one might have been damaged.
    try temporary.commit(to: path(for: model))
    if place.old != model {
      do { try write(model) } catch {
        try? dropBlobIfUnused(blob)
        throw error
      }
    }
    if let old = place.old, old.blob != blob { try dropBlobIfUnused(old.blob) }
    return Installation(model: model, change: place.change)
  }

  private struct Place {
    let version: Int
    /// What was there; nil for nothing, or for a record that cannot be read.
    let old: InstalledModel?
    let change: Installation.Change
  }

  /// Under the lock: the version that `blob` gets.
  private func place(for name: ModelName, blob: String, replace: Bool) throws -> Place {
    let versions = try versions(of: name.name)
    let candidates = name.version.map { [$0] } ?? versions.reversed()
    for version in candidates {
      if let old = try readableRecord(name.name, version), old.blob == blob {
        return Place(version: version, old: old, change: .unchanged)
      }
    }
    guard let version = candidates.first, versions.contains(version) else {
      return Place(version: candidates.first ?? 1, old: nil, change: .installed)
    }
    // A damaged record counts as none, so that installing again mends it.
    guard let old = try readableRecord(name.name, version) else {
      return Place(version: version, old: nil, change: .replaced(digest: nil))
    }
    guard replace else {
      let next = ModelName(name: name.name, version: (versions.last ?? version) + 1)
      throw ArchiveError(.modelExists(old.reference, next: next.description), file: root)
    }
    return Place(version: version, old: old, change: .replaced(digest: old.digest))
  }

  private func readableRecord(_ name: String, _ version: Int) throws -> InstalledModel? {
    do { return try record(name, version) } catch let error as ArchiveError {
      if case .system = error.problem { throw error }
      return nil
    }
  }

  /// Under the lock. The record appears whole or not at all.
  private func write(_ model: InstalledModel) throws {
    let file = try StoreTemporary.create(in: temporaries)
    try Array(model.json.pretty().utf8).withUnsafeBytes { try file.descriptor.write($0) }
    try file.commit(to: recordPath(model.name, model.version))
  }
}
