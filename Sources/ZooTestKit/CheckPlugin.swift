import Glibc

/// Checks a plugin against the contract, in processes of their own: `zoo plugin check FILE --json`, its verdicts as
/// values. A point that is not kept is a failed verdict, no error.
/// - Parameters:
///   - options: what its components are tried with, as on a command line: `["width=64"]`.
///   - zoo: the program; by default `$ZOO`, else that of the installation the SDK belongs to, else the one on the path.
/// - Throws: `TestKitError` where `zoo` is not found or does not answer.
public func checkPlugin(_ file: String, options: [String] = [], zoo: String? = nil) throws -> PluginReport {
  let program = try zoo ?? findZoo()
  let (output, status) = try run(
    program, ["plugin", "check", file, "--json"] + options.flatMap { ["--set", $0] })
  // 1 says that points failed; the output has them.
  guard status == 0 || status == 1, !output.isEmpty else {
    throw TestKitError("\(program) plugin check \(file) ended with status \(status); its words are above")
  }
  return try PluginReport(output)
}

/// The path of a library product of this package, which a test build leaves beside the test program: `zoo-head-mine` for
/// `libzoo-head-mine.so`.
public func builtLibrary(_ product: String) throws -> String {
  guard let program = realpath("/proc/self/exe", nil) else { throw TestKitError("/proc is missing") }
  defer { free(program) }
  let path = String(cString: program)
  let file = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/lib\(product).so"
  guard access(String(file), R_OK) == 0 else {
    throw TestKitError("\(file) is missing; is there a dynamic library product '\(product)' in Package.swift?")
  }
  return String(file)
}

private func findZoo() throws -> String {
  func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
  if let given = value("ZOO") { return given }
  // PREFIX/share/zoo/sdk/Sources/ZooTestKit/CheckPlugin.swift
  let parts = #filePath.split(separator: "/")
  if parts.count > 6 {
    let installed = "/" + parts.dropLast(6).joined(separator: "/") + "/bin/zoo"
    if access(installed, X_OK) == 0 { return installed }
  }
  for folder in (value("PATH") ?? "").split(separator: ":") where access(folder + "/zoo", X_OK) == 0 {
    return folder + "/zoo"
  }
  throw TestKitError("zoo is not on the path; name it in $ZOO")
}

/// Runs a program; what it printed, and its exit status (128 and the signal for one that was killed).
private func run(_ program: String, _ arguments: [String]) throws -> (output: String, status: Int32) {
  var pipes: [Int32] = [-1, -1]
  guard pipe(&pipes) == 0 else { throw TestKitError("no pipe: \(String(cString: strerror(errno)))") }
  for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  defer { close(pipes[0]) }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO)
  let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
  let kept = ["PATH", "HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "ZOO_HOME"].compactMap { (name: String) in
    getenv(name).map { "\(name)=\(String(cString: $0))" }
  }
  let variables: [UnsafeMutablePointer<CChar>?] = kept.map { strdup($0) } + [nil]
  defer { for text in words + variables { free(text) } }
  var process: pid_t = 0
  let started = posix_spawn(&process, program, &actions, nil, words, variables)
  close(pipes[1])
  guard started == 0 else { throw TestKitError("\(program): \(String(cString: strerror(started)))") }
  var bytes: [UInt8] = []
  while true {
    let part = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, read(pipes[0], buffer.baseAddress, buffer.count))
    }
    guard !part.isEmpty else { break }
    bytes += part
  }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  return (String(decoding: bytes, as: UTF8.self), code)
}
