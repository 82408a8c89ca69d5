import Glibc

/// A folder of computed arrays, each a safetensors file named by the digest of what it was computed from.
///
/// Files appear by rename, whole or not at all, so that any number of processes may read and write at once: two that
/// compute the same write the same. Whoever uses a file touches it; what nobody touched for long may go.
public struct CacheFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Days after which an unused file is garbage.
  public static let days = 30

  private var temporaries: String { path + "/tmp" }
  private static let suffix = ".safetensors"
  private static let facts = "facts"

  private func file(_ key: String) -> String { "\(path)/\(key)\(Self.suffix)" }

  /// What was computed from `facts`; nil where nothing was, or where the file is damaged.
  public func find(_ facts: String) -> SafetensorsFile? {
    let file = file(Digest.sha256(Array(facts.utf8)))
    guard let found = try? SafetensorsFile(path: file),
      found.metadata.contains(where: { $0.key == Self.facts && $0.value == facts })
    else { return nil }
    // A cache that may only be read ages, no more.
    utimensat(AT_FDCWD, file, nil, 0)
    return found
  }

  /// Keeps one array, handed over piece by piece.
  ///
  /// - Parameter produce: called once, gives the bytes of the array to its sink.
  /// - Returns: the file.
  public func keep(
    _ facts: String, name: String, shape: [Int], produce: (TensorSource.Sink) throws -> Void
  ) throws -> SafetensorsFile {
    try makeFolders(temporaries)
    let target = file(Digest.sha256(Array(facts.utf8)))
    let temporary = try StoreTemporary.create(in: temporaries)
    // The file's head is planned from the shape alone.
    let plan = try SafetensorsWriter(
      [TensorSource(name: name, dtype: .f32, shape: shape) { _ in }], metadata: [(Self.facts, facts)], file: target)
    try plan.header.withUnsafeBytes { try temporary.descriptor.write($0) }
    var left = plan.byteCount - plan.header.count
    try produce { bytes in
      left -= bytes.count
      if left >= 0 { try temporary.descriptor.write(bytes) }
    }
    guard left == 0 else {
      let wanted = plan.byteCount - plan.header.count
      throw ArchiveError(.wrongByteCount(got: wanted - left, expected: wanted), file: target)
    }
    try temporary.commit(to: target)
    return try SafetensorsFile(path: target)
  }

  /// Removes what nobody has used for so many days (with 0 everything), and what killed processes left.
  /// - Returns: the sizes of the files of either kind.
  func collect(unusedFor days: Int, dryRun: Bool) throws -> (files: [Int], temporaries: [Int]) {
    guard access(path, F_OK) == 0 else { return ([], []) }
    var sizes: [Int] = []
    let oldest = time(nil) - days * 86_400
    for name in try folderContents(path) where name.hasSuffix(Self.suffix) {
      guard Digest.isValid(String(name.dropLast(Self.suffix.count))) else { continue }
      var status = stat()
      // A file's clock may be ahead of the process's.
      guard lstat(path + "/" + name, &status) == 0, days == 0 || status.st_mtim.tv_sec <= oldest else { continue }
      // Whoever has it mapped keeps its pages.
      if dryRun || unlink(path + "/" + name) == 0 { sizes.append(Int(status.st_size)) }
    }
    return (sizes, try StoreTemporary.removeAbandoned(in: temporaries, dryRun: dryRun))
  }
}

extension Store {
  /// Features of images, computed once by a trunk.
  public var features: CacheFolder { CacheFolder(path: root + "/features") }
}
