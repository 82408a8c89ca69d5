import Glibc

/// What `Store.collectGarbage` freed, or would.
public struct Collected: Sendable, Equatable {
  /// Archives that no model used.
  public var archives = 0
  /// Files that killed processes had left.
  public var temporaries = 0
  /// Cached features that nobody used for long.
  public var features = 0
  /// Bytes of all.
  public var bytes = 0

  public init() {}
}

extension Store {
  /// Removes a version of a model, and its archive if no other model uses it.
  /// - Parameter reference: `NAME@VERSION`, or `NAME` where it has but one version.
  /// - Returns: what was removed, as `NAME@VERSION`.
  @discardableResult
  public func remove(_ reference: String) throws -> String {
    guard let name = ModelName(reference) else { throw ArchiveError(.badModelName(reference), file: "") }
    guard access(models, F_OK) == 0 else { throw try notFound(name) }
    let lock = try StoreLock(lockPath)
    defer { lock.release() }
    let versions = try versions(of: name.name)
    guard let version = name.version ?? versions.last, versions.contains(version) else { throw try notFound(name) }
    guard name.version != nil || versions.count == 1 else {
      throw ArchiveError(.severalVersions(name.name, versions: versions), file: root)
    }
    // A damaged record can be removed too.
    let old = try? record(name.name, version)
    let file = recordPath(name.name, version)
    guard unlink(file) == 0 else { throw ArchiveError(.system(.remove, errno: errno), file: file) }
    try syncFolder(models)
    if let old { try dropBlobIfUnused(old.blob) }
    return ModelName(name: name.name, version: version).description
  }

  /// Removes archives that no model uses, cached features that nobody used for long, and what killed processes left.
  /// Installs that are running keep their files.
  /// - Parameters:
  ///   - dryRun: removes nothing.
  ///   - featureDays: how long features may lie unused; 0 removes them all.
  /// - Throws: `ArchiveError`, with nothing removed, where a record cannot be read.
  public func collectGarbage(dryRun: Bool = false, featureDays: Int = CacheFolder.days) throws -> Collected {
    var freed = Collected()
    guard access(root, F_OK) == 0 else { return freed }
    let lock = try StoreLock(lockPath)
    defer { lock.release() }
    for blob in try unusedBlobs() {
      var status = stat()
      guard lstat(blobs + "/" + blob, &status) == 0 else { continue }
      if !dryRun { try removeBlob(blob) }
      freed.archives += 1
      freed.bytes += Int(status.st_size)
    }
    let left = try StoreTemporary.removeAbandoned(in: temporaries, dryRun: dryRun)
    let cached = try features.collect(unusedFor: featureDays, dryRun: dryRun)
    freed.features = cached.files.count
    freed.temporaries = left.count + cached.temporaries.count
    freed.bytes += (left + cached.temporaries + cached.files).reduce(0, +)
    return freed
  }

  /// Archives that no model uses. Without the lock one of them may be an install's that is just ending.
  func unusedBlobs() throws -> [String] {
    let (models, damaged) = try contents()
    if let error = damaged.first {
      throw ArchiveError(.recordInTheWay(lastComponent(of: error.file)), file: error.file)
    }
    let used = Set(models.map(\.blob))
    return try folderContents(blobs).filter { InstalledModel.isBlob($0) && !used.contains($0) }
  }

  /// Under the lock.
  func dropBlobIfUnused(_ blob: String) throws {
    // While a record cannot be read, nobody knows what it uses.
    guard let unused = try? unusedBlobs(), unused.contains(blob) else { return }
    try removeBlob(blob)
  }

  private func removeBlob(_ blob: String) throws {
    guard unlink(blobs + "/" + blob) == 0 || errno == ENOENT else {
      throw ArchiveError(.system(.remove, errno: errno), file: blobs + "/" + blob)
    }
  }
}
