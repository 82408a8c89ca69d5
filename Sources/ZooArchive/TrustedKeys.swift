import Glibc

/// Public keys that the user trusts, by name: the files `NAME.pub` of a folder.
public struct TrustedKeys: Sendable {
  public let folder: String
  /// In the order of their names.
  public let keys: [(name: String, key: PublicKey)]

  /// A folder that does not exist holds none.
  /// - Throws: `ArchiveError` for a file in it that is no key: to pass over it would be to trust less than was meant.
  public init(folder: String) throws {
    self.folder = folder
    keys = try folderContents(folder).filter { $0.hasSuffix(".pub") && !$0.hasPrefix(".") }.map { file in
      (name: String(file.dropLast(4)), key: try PublicKey(path: folder + "/" + file))
    }
  }

  /// What the user calls a key; nil for one that is not trusted.
  public func name(of key: PublicKey) -> String? { keys.first { $0.key == key }?.name }

  /// Trusts a key from now on.
  /// - Throws: `ArchiveError.keyExists` if another one has the name.
  public func add(_ key: PublicKey, named name: String) throws {
    guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 100,
      name.utf8.allSatisfy({ isAlphanumeric($0) || "._-".utf8.contains($0) })
    else { throw ArchiveError(.keyName(name), file: "") }
    let path = "\(folder)/\(name).pub"
    guard access(path, F_OK) != 0 else {
      if keys.contains(where: { $0.name == name && $0.key == key }) { return }
      throw ArchiveError(.keyExists, file: path)
    }
    try makeFolders(folder)
    try AtomicFile.write(key.text, to: path)
  }
}

extension Store {
  /// The keys trusted by the users of this store: `trust/*.pub` in its folder.
  public func trustedKeys() throws -> TrustedKeys { try TrustedKeys(folder: root + "/trust") }
}
