import Glibc
import ZooABI

/// The ELF note of a plugin: which ABI it was built for. Read from the file, before any of the plugin's code
/// runs.
public struct PluginNote: Sendable, Equatable {
  public let major: Int
  /// The oldest minor version of the host that it works with.
  public let needs: Int
  /// SDK and compiler.
  public let builtWith: String

  public var version: String { "\(major).\(needs)" }
  public static let hostVersion = "\(ZOO_ABI_MAJOR).\(ZOO_ABI_MINOR)"

  /// Reads and judges a file's note.
  /// - Throws: `HostError` of kind `file`: no shared library, cut short, no plugin, or of another ABI.
  public static func read(_ path: String) throws(HostError) -> PluginNote {
    let note = try any(path)
    guard note.major == Int(ZOO_ABI_MAJOR) else { throw .file(path, .otherMajor(note)) }
    guard note.needs <= Int(ZOO_ABI_MINOR) else { throw .file(path, .newerMinor(note)) }
    return note
  }

  /// A file's note, whatever it says.
  static func any(_ path: String) throws(HostError) -> PluginNote {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path, .missing) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size >= 64,
      let start = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw .file(path, .notLibrary) }
    defer { munmap(start, Int(status.st_size)) }
    return try ElfImage(UnsafeRawBufferPointer(start: start, count: Int(status.st_size)), path).note()
  }
}
