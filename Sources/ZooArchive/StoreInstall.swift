import Glibc

extension Store {
  /// Verifies an archive while copying it into the store, and gives it a name.
  ///
  /// Installing the same content under the same name again changes nothing.
  /// - Parameters:
  ///   - path: the archive; it is copied (by reference where the file system can), never linked.
  ///   - name: `NAME` or `NAME@VERSION`; nil for the name in its manifest.
  ///   - replace: lets the name move from another model to this one.
  /// - Throws: `ArchiveError`; the store is then as it was.
  @discardableResult
  public func install(
    from path: String, name: String? = nil, replace: Bool = false
  ) throws -> InstalledModel {
    let wanted = try name.map { text in
      guard let name = ModelName(text) else { throw ArchiveError(.badModelName(text), file: "") }
      return name
    }
    let source = try FileDescriptor.openForReading(path)
    // A file that is no model archive is refused before anything is copied, and under the user's path.
    let outline = try ModelArchive(source, verify: nil)
    try prepare()
    let temporary = try StoreTemporary.create(in: temporaries)
    let whole = try copyVerifying(source, outline, to: temporary)
    guard let chosen = wanted ?? ModelName(outline.manifest.name) else {
      throw ArchiveError(.badModelName(outline.manifest.name), file: path)
    }
    let model = InstalledModel(
      chosen, blob: "sha256-" + whole, digest: outline.digest, size: outline.fileSize)

    let lock = try StoreLock(lockPath)
    defer { lock.release() }
    let old = try readableRecord(chosen)
    if let old, old.blob != model.blob, !replace {
      throw ArchiveError(.modelExists(chosen.description), file: root)
    }
    // Even if the blob is there already: this copy was just verified, that one might have been damaged.
    try temporary.rename(to: self.path(for: model))
    try syncFolder(blobs)
    if old != model {
      try AtomicFile.write(model.json.pretty(), to: models + "/" + chosen.description)
    }
    if let old, old.blob != model.blob { try dropBlobIfUnused(old.blob) }
    return model
  }

  /// Removes a name, and its archive if no other name uses it.
  public func remove(_ reference: String) throws {
    guard let name = ModelName(reference) else {
      throw ArchiveError(.badModelName(reference), file: "")
    }
    guard access(models, F_OK) == 0 else {
      throw ArchiveError(.modelNotFound(reference, nearest: []), file: root)
    }
    let lock = try StoreLock(lockPath)
    defer { lock.release() }
    let file = models + "/" + name.description
    guard access(file, F_OK) == 0 else {
      throw ArchiveError(.modelNotFound(reference, nearest: try nearestModels(reference)), file: root)
    }
    // A damaged record can be removed too.
    let old = try? record(name)
    guard unlink(file) == 0 else { throw ArchiveError(.system(.remove, errno: errno), file: file) }
    try syncFolder(models)
    if let old { try dropBlobIfUnused(old.blob) }
  }

  private func prepare() throws {
    for folder in [root, blobs, models, temporaries] { try makeFolders(folder) }
    try StoreTemporary.removeAbandoned(in: temporaries)
    for file in try folderContents(models) where file.hasPrefix(".") {
      try removeOld(models + "/" + file)
    }
  }

  /// Under the lock: a damaged record counts as none, so that installing again mends it.
  private func readableRecord(_ name: ModelName) throws -> InstalledModel? {
    do { return try record(name) } catch let error as ArchiveError {
      if case .system = error.problem { throw error }
      return nil
    }
  }

  /// Under the lock.
  private func dropBlobIfUnused(_ blob: String) throws {
    for file in try folderContents(models) {
      guard let name = ModelName(file) else { continue }
      // While a record cannot be read, nobody knows what it uses.
      guard let model = try? record(name) else { return }
      if model.blob == blob { return }
    }
    unlink(blobs + "/" + blob)
  }

  /// Records in the making that a killed process left more than an hour ago.
  private func removeOld(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    if time(nil) - status.st_mtim.tv_sec > 3600 { unlink(path) }
  }
}

/// Creates a folder and those above it.
func makeFolders(_ path: String) throws {
  if path.isEmpty || mkdir(path, 0o755) == 0 || errno == EEXIST { return }
  let code = errno
  let parent = folder(of: path)
  guard code == ENOENT, parent != path, parent != "." else {
    throw ArchiveError(.system(.create, errno: code), file: path)
  }
  try makeFolders(parent)
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
    throw ArchiveError(.system(.create, errno: errno), file: path)
  }
}
