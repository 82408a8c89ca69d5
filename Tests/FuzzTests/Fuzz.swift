import Glibc
import Testing

/// Runs `zoo-fuzz` as built beside the tests, on the corpora of the repository.
enum Fuzz {
  /// - Returns: the exit code, and standard output behind a line end.
  static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let words = [try folderOfTests() + "/zoo-fuzz"] + arguments + ["--corpus", corpus]
    var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    var process: pid_t = 0
    let started = posix_spawn(&process, words[0], &actions, nil, &argv, environ)
    close(ends[1])
    defer { close(ends[0]) }
    try #require(started == 0, "\(words[0]) does not start")
    var output: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let got = read(ends[0], &block, block.count), got > 0 { output += block[..<got] }
    var status: Int32 = 0
    try #require(waitpid(process, &status, 0) == process && status & 0x7F == 0)
    return (status >> 8 & 0xFF, "\n" + String(decoding: output, as: UTF8.self))
  }

  private static var corpus: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
      + "/Fixtures/fuzz"
  }

  private static func folderOfTests() throws -> String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count)
    try #require(count > 0)
    let text = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
