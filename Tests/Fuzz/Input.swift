import Glibc

/// The bytes of one case, as a file where the reader wants one.
struct Input: Sendable {
  let bytes: [UInt8]
  /// A folder for the file.
  let folder: String

  func file() throws -> String {
    let path = folder + "/input"
    // A new file each time: what an earlier case mapped must not change.
    unlink(path)
    try writeFile(bytes, path)
    return path
  }
}

struct SystemError: Error, CustomStringConvertible {
  let description: String
  init(_ action: String, _ path: String) { description = "\(path): cannot \(action): errno \(errno)" }
}

func writeFile(_ bytes: [UInt8], _ path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw SystemError("create", path) }
  defer { close(file) }
  guard bytes.isEmpty || Glibc.write(file, bytes, bytes.count) == bytes.count else { throw SystemError("write", path) }
}

func readFile(_ path: String) throws -> [UInt8] {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw SystemError("open", path) }
  defer { close(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let got = Glibc.read(file, &block, block.count)
    guard got >= 0 else { throw SystemError("read", path) }
    if got == 0 { return bytes }
    bytes += block[..<got]
  }
}

/// The files of a folder in the order of their names.
func corpusFiles(_ folder: String) throws -> [[UInt8]] {
  guard let listing = opendir(folder) else { throw SystemError("list", folder) }
  defer { closedir(listing) }
  var names: [String] = []
  while let entry = readdir(listing) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return try names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { try readFile(folder + "/" + $0) }
}

/// A new, empty folder.
func temporaryFolder() throws -> String {
  let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array((root + "/zoo-fuzz-XXXXXX").utf8CString)
  guard mkdtemp(&template) != nil else { throw SystemError("create", root) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
