import FoundationEssentials
import Glibc
import Testing
import ZooArchive

/// A folder that is removed at the end of the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/zoo-test-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw ArchiveError(.system(.create, errno: errno), file: "") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

let fixtures =
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
  + "/Fixtures"

func contents(_ path: String) throws -> [UInt8] {
  guard let data = FileManager.default.contents(atPath: path) else {
    throw ArchiveError(.system(.open, errno: ENOENT), file: path)
  }
  return [UInt8](data)
}

func write(_ bytes: [UInt8], _ path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// Overwrites one byte of a file.
func patch(_ path: String, _ offset: Int, _ byte: UInt8) throws {
  let fd = open(path, O_WRONLY)
  defer { close(fd) }
  guard fd >= 0, withUnsafeBytes(of: byte, { pwrite(fd, $0.baseAddress, 1, off_t(offset)) }) == 1 else {
    throw ArchiveError(.system(.write, errno: errno), file: path)
  }
}

func names(_ folder: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}

/// The text of the error that `body` throws; "no error" if it throws none.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// Runs a program with its output thrown away; its exit status, or nil where it is not installed.
func status(of arguments: [String]) -> Int32? {
  var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
  argv.append(nil)
  defer { argv.forEach { free($0) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  var pid = pid_t()
  guard posix_spawnp(&pid, arguments[0], &actions, nil, argv, environ) == 0 else { return nil }
  var result: Int32 = 0
  while waitpid(pid, &result, 0) < 0, errno == EINTR {}
  return result & 0x7F == 0 ? result >> 8 & 0xFF : -(result & 0x7F)
}

/// Writes a small model archive; `seed` changes its weights.
@discardableResult
func writeModel(
  _ path: String, name: String = "tiny", seed: Float = 0, licence: String = "Apache-2.0", tags: [String] = []
) throws -> String {
  try ModelArchiveWriter.write(
    to: path, name: name,
    members: [
      ArchiveMember("golden/input.npy", .golden, try NpyArray.encode(floats: [1, 2, 3], shape: [3])),
      ArchiveMember("config.yaml", .config, text: "architecture: vit\n"),
      ArchiveMember("CARD.md", .card, text: "# Tiny\n"),
    ],
    weights: [
      TensorSource(name: "head.bias", floats: [seed, 1, 2], shape: [3]),
      TensorSource(name: "b.weight", floats: (0..<32).map { Float($0) + seed }, shape: [4, 8]),
      TensorSource(name: "a.weight", floats: (0..<16).map { Float($0) }, shape: [16]),
    ],
    licence: licence, tags: tags,
    provenance: Manifest.Provenance(zoo: "0.1.0", createdBy: "zoo create"),
    plugins: [Manifest.Plugin(id: "backbone-vit", kind: "backbone", version: "1.0")])
}

extension Store {
  /// Installs the archive at `path`.
  @discardableResult
  func put(_ path: String, name: String? = nil, replace: Bool = false) throws -> InstalledModel {
    try install(from: .file(path), name: name, replace: replace).model
  }
}

/// The bytes of a safetensors file with this header.
func safetensors(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
}

/// The bytes of an npy file of version 1.0 with this header.
func npy(_ header: String, data: Int = 0) -> [UInt8] {
  let text = Array(header.utf8)
  return [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
    + [UInt8](repeating: 0, count: data)
}
