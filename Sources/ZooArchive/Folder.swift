import Glibc

/// The names in a folder, sorted by bytes, without "." and ".."; none if there is no such folder.
func folderContents(_ path: String) throws -> [String] {
  guard let handle = opendir(path) else {
    if errno == ENOENT { return [] }
    throw ArchiveError(.system(.list, errno: errno), file: path)
  }
  defer { closedir(handle) }
  var names: [String] = []
  while true {
    errno = 0
    guard let entry = readdir(handle) else {
      guard errno == 0 else { throw ArchiveError(.system(.list, errno: errno), file: path) }
      break
    }
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted(by: bytesPrecede)
}

/// Creates a folder and those above it.
func makeFolders(_ path: String) throws {
  if path.isEmpty || access(path, F_OK) == 0 { return }
  let parent = folder(of: path)
  if parent != path, parent != "." { try makeFolders(parent) }
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
    throw ArchiveError(.system(.create, errno: errno), file: path)
  }
  // A folder that may not be listed may still be written to.
  try? syncFolder(parent)
}

/// Makes renames and new names in a folder survive a power cut.
func syncFolder(_ path: String) throws {
  let fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard fd >= 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
  defer { close(fd) }
  // Some file systems refuse to sync folders (EINVAL); they have no stronger promise to give.
  guard fsync(fd) == 0 || errno == EINVAL else {
    throw ArchiveError(.system(.sync, errno: errno), file: path)
  }
}

/// The folder part of a path, "." if it has none.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The last part of a path.
func lastComponent(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return path }
  return String(path[path.index(after: slash)...])
}
