import Glibc

/// The archive that a user means by `model`: a path if it contains `/` or ends in `.tar`, else a name in the
/// store.
/// - Throws: `ArchiveError` that says which of the two was tried, and the nearest names.
public func resolve(model: String, store: Store) throws -> String {
  if model.utf8.contains(UInt8(ascii: "/")) || model.hasSuffix(".tar") {
    var status = stat()
    guard stat(model, &status) == 0 else {
      if errno == ENOENT { throw ArchiveError(.noSuchArchive(model), file: "") }
      throw ArchiveError(.system(.open, errno: errno), file: model)
    }
    return model
  }
  do {
    return store.path(for: try store.find(model))
  } catch let error as ArchiveError {
    if case .modelNotFound(let name, let nearest) = error.problem {
      throw ArchiveError(.noSuchModel(name, nearest: nearest), file: store.root)
    }
    throw error
  }
}
