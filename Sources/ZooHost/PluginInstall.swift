import Glibc
import ZooABI
import ZooArchive

/// A folder that plugins are installed in.
public struct PluginFolder: Sendable {
  public let path: String
  public init(path: String) { self.path = path }

  /// The user's: `$XDG_DATA_HOME/zoo/plugins`, else `$HOME/.local/share/zoo/plugins`; nil without either.
  public static func user(environment: [String: String]) -> PluginFolder? {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    let data = value("XDG_DATA_HOME") ?? value("HOME").map { $0 + "/.local/share" }
    return data.map { PluginFolder(path: $0 + "/zoo/plugins") }
  }

  /// That of the installation which a program belongs to.
  public static func prefix(executable: String) -> PluginFolder? {
    guard let slash = executable.lastIndex(of: "/"),
      let above = executable[..<slash].lastIndex(of: "/")
    else { return nil }
    return PluginFolder(path: executable[..<above] + "/lib/zoo/plugins")
  }

  /// What an installation did.
  public struct Installed: Sendable {
    public let facts: PluginFacts
    public let digest: String
    /// Whether the same file was there already.
    public let wasThere: Bool
  }

  /// Installs a plugin's file: looked at by a child process first, refused where another file provides a component of
  /// the same name, then copied whole or not at all, its digest recorded.
  /// - Parameters:
  ///   - expected: the digest that the file must have; nil for any.
  ///   - replace: put it in the place of another version.
  ///   - others: the files of all plugins that are found.
  public func install(
    _ file: String, expected: String? = nil, replace: Bool, others: Plugins, prober: PluginProber
  ) throws -> Installed {
    let name = file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file
    guard let full = realpath(file, nil) else { throw HostError.file(file, .missing) }
    defer { free(full) }
    guard PluginSearch.isPluginName(name) else { throw HostError.file(file, .otherName) }
    let facts = try prober.facts(String(cString: full))
    let digest = try Digest.sha256(file: file)
    if let expected, expected != digest { throw HostError.file(file, .otherDigest(digest, expected: expected)) }
    let target = path + "/" + name
    for component in facts.components {
      for owner in others.owners(component.kind, component.name)
      where !Self.same(owner, target) && !Self.same(owner, file) {
        throw HostError.taken(component.kind, component.name, file: file, owner: owner)
      }
    }
    if access(target, F_OK) == 0 {
      if try Digest.sha256(file: target) == digest, try InstallRecord(of: target)?.digest == digest {
        return Installed(facts: facts, digest: digest, wasThere: true)
      }
      guard replace else { throw HostError.installed(target) }
    }
    try copy(file, to: target, InstallRecord(digest: digest, source: String(cString: full)))
    return Installed(facts: facts, digest: digest, wasThere: false)
  }

  private func copy(_ file: String, to target: String, _ record: InstallRecord) throws {
    var folder = ""
    for part in path.split(separator: "/") {
      folder += "/" + part
      mkdir(folder, 0o755)
    }
    guard let stream = fopen(file, "r") else { throw HostError.file(file, .missing) }
    defer { fclose(stream) }
    let copy = try AtomicFile(target)
    while true {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
        count = fread(buffer.baseAddress, 1, buffer.count, stream)
      }
      guard !part.isEmpty else { break }
      try copy.write(part)
    }
    try copy.commit()
    chmod(target, 0o755)
    try AtomicFile.write(record.text, to: InstallRecord.path(of: target))
  }

  private static func same(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino
      && first.st_dev == second.st_dev
  }

  /// Removes an installed plugin, by its file's name or by the name of a component of it (`arcface`, `head arcface`).
  /// - Returns: the file that is gone.
  public func remove(_ name: String, prober: PluginProber) throws -> String {
    let files = PluginSearch.files(in: [path]).filter { (try? InstallRecord(of: $0)) != nil }
    let found = files.filter { file in
      if file.hasSuffix("/" + name) || file.hasSuffix("/libzoo-\(name).so") { return true }
      return (try? prober.facts(file))?.components.contains {
        $0.name == name || "\($0.kind.rawValue) \($0.name)" == name
      } ?? false
    }
    guard let file = found.first else {
      throw HostError.notInstalled(
        name, path, known: files.compactMap { $0.split(separator: "/").last.map(String.init) })
    }
    guard found.count == 1 else { throw HostError.severalInstalled(name, found) }
    guard unlink(file) == 0 else { throw HostError.file(file, .cannotRemove(String(cString: strerror(errno)))) }
    unlink(InstallRecord.path(of: file))
    return file
  }
}
