import Glibc

/// Where plugins are looked for.
public enum PluginSearch {
  /// Folders in their order: those given, `$ZOO_PLUGIN_PATH`, the user's (`$XDG_DATA_HOME/zoo/plugins`), the
  /// executable's own, and `lib/zoo/plugins` beside its.
  public static func directories(
    explicit: [String], environment: [String: String], executable: String?
  ) -> [String] {
    var result = explicit
    result += (environment["ZOO_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init)
    if let user = PluginFolder.user(environment: environment) { result.append(user.path) }
    if let executable, let slash = executable.lastIndex(of: "/") {
      let folder = String(executable[..<slash])
      result.append(folder.isEmpty ? "/" : folder)
      if let prefix = PluginFolder.prefix(executable: executable) { result.append(prefix.path) }
    }
    return result
  }

  /// The path of the running program; nil where the system does not say.
  public static func executable() -> String? {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), buffer.count)
      return count > 0 && count < buffer.count ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
  }

  /// Files named `libzoo-*.so` in the folders' order, sorted by name in each; a file name found earlier hides
  /// later ones.
  static func files(in directories: [String]) -> [String] {
    var seen: Set<String> = []
    return directories.flatMap { directory in
      names(in: directory).filter { seen.insert(ownName($0)).inserted }.map { directory + "/" + $0 }
    }
  }

  /// A head of ours is called `libzoo-shipped-head-NAME.so`; a `libzoo-head-NAME.so` found earlier takes its place.
  private static func ownName(_ file: String) -> String {
    file.hasPrefix("libzoo-shipped-") ? "libzoo-" + file.dropFirst("libzoo-shipped-".count) : file
  }

  /// Libraries that carry the note of a plugin and are not named as one is: they are not looked into, which is worth
  /// a word.
  static func misnamed(in directories: [String]) -> [String] {
    var seen: Set<String> = []
    return directories.flatMap { directory in
      libraries(in: directory).filter { !isPluginName($0) }.map { directory + "/" + $0 }
        .filter { seen.insert($0).inserted && (try? PluginNote.any($0)) != nil }
    }
  }

  static func isPluginName(_ name: String) -> Bool { name.hasPrefix("libzoo-") && name.hasSuffix(".so") }

  private static func names(in directory: String) -> [String] { libraries(in: directory).filter(isPluginName) }

  private static func libraries(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var result: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".so"), !name.hasPrefix(".") { result.append(name) }
    }
    return result.sorted()
  }
}
