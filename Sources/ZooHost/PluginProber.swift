import Glibc
import ZooABI
import ZooArchive
import ZooJSON

/// Learns what plugins hold without running their code here: a child process loads each one, within a time limit, and
/// tells; answers are kept in a file, by path, size and time of change.
public final class PluginProber {
  private let executable: String
  private let environment: [String: String]
  private let cache: String?
  private let seconds: Int
  private var known: [String: Entry]
  private var changed = false

  private struct Entry {
    let stamp: String
    let answer: JSON
  }

  /// The arguments with which `executable` answers for one file.
  public static let arguments = ["plugin", "probe"]

  /// - Parameters:
  ///   - executable: `zoo`.
  ///   - cache: the file of answers; nil for none. One that cannot be written is done without.
  ///   - seconds: how long a plugin may take to register.
  public init(executable: String, environment: [String: String], cache: String?, seconds: Int = 10) {
    (self.executable, self.environment, self.cache, self.seconds) = (executable, environment, cache, seconds)
    known = cache.flatMap(Self.read) ?? [:]
  }

  /// Where answers are kept: `$XDG_CACHE_HOME/zoo`, else `$HOME/.cache/zoo`, else `$ZOO_HOME`.
  public static func cachePath(environment: [String: String]) -> String? {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
    let folder =
      value("XDG_CACHE_HOME").map { $0 + "/zoo" } ?? value("HOME").map { $0 + "/.cache/zoo" } ?? value("ZOO_HOME")
    return folder.map { $0 + "/plugins.json" }
  }

  /// What each file holds, or why it is no use.
  func facts(_ files: [String]) -> [(file: String, facts: Result<PluginFacts, HostError>)] {
    let result = files.map { file in
      do throws(HostError) {
        return (file, Result<PluginFacts, HostError>.success(try facts(file)))
      } catch { return (file, .failure(error)) }
    }
    save()
    return result
  }

  /// What one file holds.
  public func facts(_ file: String) throws(HostError) -> PluginFacts {
    _ = try PluginNote.read(file)
    try InstallRecord.verify(file)
    let stamp = try Self.stamp(file)
    let answer: JSON
    if let entry = known[file], entry.stamp == stamp {
      answer = entry.answer
    } else {
      answer = try probe(file)
      known[file] = Entry(stamp: stamp, answer: answer)
      changed = true
    }
    do {
      if let text = try? answer.string("problem") { throw HostError.probed(file, text) }
      return try PluginFacts(answer, file: file)
    } catch let error as HostError { throw error } catch { throw .file(file, .badAnswer("\(error)")) }
  }

  private func probe(_ file: String) throws(HostError) -> JSON {
    let child = ChildProcess(
      executable, Self.arguments + [file], environment: environment, seconds: seconds, quiet: true)
    func problem(_ text: String) -> JSON { .object([("problem", .string(text))]) }
    switch child.end {
    case .exited(0): break
    case .exited(let code): return problem(HostError.endedRegistering(code))
    case .crashed(let signal): return problem(HostError.crashedRegistering(signal))
    case .tookTooLong: return problem(HostError.hungRegistering(seconds))
    case .notStarted(let code):
      throw .file(file, .loader("cannot start \(executable): \(String(cString: strerror(code)))"))
    }
    do {
      return try JSONParser.parse(String(decoding: child.output, as: UTF8.self))
    } catch { throw .file(file, .badAnswer("\(error)")) }
  }

  /// What a child writes for one file: its facts, or the problem as it words it.
  public static func answer(_ file: String) -> String {
    do throws(HostError) { return try PluginFacts(loading: file).json.description } catch {
      return JSON.object([("problem", .string(error.detail))]).description
    }
  }

  /// Writes a child's answer to the channel that its parent reads.
  public static func send(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(ChildProcess.channel, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  // MARK: the cache

  /// Changes whenever the file does, or this host.
  private static func stamp(_ file: String) throws(HostError) -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { throw .file(file, .missing) }
    return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ino) "
      + PluginNote.hostVersion
  }

  private static func read(_ path: String) -> [String: Entry]? {
    guard let stream = fopen(path, "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    while bytes.count < 64 << 20 {
      let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = fread(buffer.baseAddress, 1, buffer.count, stream)
      }
      guard !part.isEmpty else { break }
      bytes += part
    }
    // One that cannot be read is made anew.
    guard let json = try? JSONParser.parse(String(decoding: bytes, as: UTF8.self)),
      let items = try? json.array("plugins")
    else { return nil }
    var result: [String: Entry] = [:]
    for item in items {
      guard let file = try? item.string("file"), let stamp = try? item.string("stamp"),
        let answer = try? item.object("answer")
      else { return nil }
      result[file] = Entry(stamp: stamp, answer: answer)
    }
    return result
  }

  private func save() {
    guard changed, let cache else { return }
    changed = false
    let items = known.sorted { $0.key < $1.key }.filter { access($0.key, F_OK) == 0 }.map { file, entry in
      JSON.object([("file", .string(file)), ("stamp", .string(entry.stamp)), ("answer", entry.answer)])
    }
    var folder = ""
    for part in cache.split(separator: "/").dropLast() {
      folder += "/" + part
      mkdir(folder, 0o700)
    }
    try? AtomicFile.write(JSON.object([("plugins", .array(items))]).description + "\n", to: cache)
  }
}
