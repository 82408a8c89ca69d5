import FoundationEssentials
import Glibc

/// Runs `zoo-glyphs` as built beside the tests.
enum Command {
  struct Failure: Error {
    let what: String
  }

  /// - Returns: the exit code, and what was written to standard error.
  static func run(_ arguments: [String]) throws -> (code: Int32, message: String) {
    let errors = try temporaryPath()
    defer { unlink(errors) }
    let program = try folderOfTests() + "/zoo-glyphs"
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var process: pid_t = 0
    let started = posix_spawn(&process, program, &actions, nil, words, environ)
    guard started == 0 else { throw Failure(what: "\(program): \(String(cString: strerror(started)))") }
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process, status & 0x7F == 0 else {
      throw Failure(what: "\(program) did not exit by itself (status \(status))")
    }
    let message = try Data(contentsOf: URL(filePath: errors))
    return ((status >> 8) & 0xFF, String(decoding: message, as: UTF8.self))
  }

  static func temporaryPath() throws -> String {
    FileManager.default.temporaryDirectory.appending(path: "zoo-glyphs-" + UUID().uuidString).path
  }

  /// On Linux the tests are a program in the folder of the package's other products.
  private static func folderOfTests() throws -> String {
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}

/// FNV-1a.
func fnv(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
