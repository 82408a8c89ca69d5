import Glibc

/// What a user means by `model`: an archive by its path, or a model of the store.
public enum ModelReference: Sendable, Equatable {
  case path(String)
  case installed(InstalledModel)

  /// A path if `text` contains `/` or ends in `.tar`, else a name in the store.
  /// - Throws: `ArchiveError` that says which of the two was tried, and the nearest names.
  public static func find(_ text: String, store: Store) throws -> ModelReference {
    if text.utf8.contains(UInt8(ascii: "/")) || text.hasSuffix(".tar") {
      var status = stat()
      guard stat(text, &status) == 0 else {
        if errno == ENOENT { throw ArchiveError(.noSuchArchive(text), file: "") }
        throw ArchiveError(.system(.open, errno: errno), file: text)
      }
      return .path(text)
    }
    do { return .installed(try store.find(text)) } catch let error as ArchiveError {
      if case .modelNotFound(let name, let nearest) = error.problem {
        throw ArchiveError(.noSuchModel(name, nearest: nearest), file: store.root)
      }
      throw error
    }
  }
}

/// The archive that a user means by `model`: `ModelReference.find`'s file.
public func resolve(model: String, store: Store) throws -> String {
  switch try ModelReference.find(model, store: store) {
  case .path(let path): path
  case .installed(let model): store.path(for: model)
  }
}
