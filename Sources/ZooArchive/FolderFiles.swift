import Glibc

/// Plain files below a folder, by their paths relative to it, in byte order.
struct FolderFiles {
  static let maximumDepth = 16

  let root: String
  private(set) var paths: [String] = []

  /// - Throws: `ArchiveError` for links, devices and names that no archive can hold.
  init(_ root: String) throws {
    self.root = root
    var status = stat()
    guard stat(root, &status) == 0 else { throw ArchiveError(.system(.open, errno: errno), file: root) }
    try collect("", depth: 0)
    paths.sort(by: bytesPrecede)
  }

  private mutating func collect(_ prefix: String, depth: Int) throws {
    for name in try folderContents(prefix.isEmpty ? root : root + "/" + prefix) {
      let path = prefix.isEmpty ? name : prefix + "/" + name
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else {
        throw ArchiveError(.system(.examine, errno: errno), file: root + "/" + path)
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG:
        guard isPlainMemberPath(path) else { throw ArchiveError(.tarPath, file: root + "/" + path) }
        paths.append(path)
      case S_IFDIR where depth < Self.maximumDepth: try collect(path, depth: depth + 1)
      case S_IFDIR: throw ArchiveError(.folderEntry("so deep a folder"), file: root + "/" + path)
      case S_IFLNK: throw ArchiveError(.folderEntry("a link"), file: root + "/" + path)
      default: throw ArchiveError(.folderEntry("a special file"), file: root + "/" + path)
      }
    }
  }
}
