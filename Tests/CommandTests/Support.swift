import FoundationEssentials
import Glibc
import Testing
import ZooPictures

/// What a command left: its exit code and its two streams.
struct Outcome: Equatable {
  let code: Int32
  let output: String
  let errors: String
}

/// A folder that commands run in, with a store of its own; removed when the last reference goes.
/// Commands are given relative paths, so that messages hold no other.
final class Workshop: Sendable {
  struct Failure: Error {
    let what: String
  }

  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Runs `zoo` as built beside the tests.
  func zoo(_ arguments: String...) throws -> Outcome { try zoo(arguments) }

  /// - Parameters:
  ///   - more: of the environment, as `NAME=value`.
  ///   - prelude: shell text that goes before, such as another folder, mask or variable.
  ///   - prefix: a command that runs the rest of its arguments, such as `timeout 1`.
  func zoo(
    _ arguments: [String], _ more: [String] = [], after prelude: String = "", through prefix: [String] = []
  ) throws -> Outcome {
    try run(prefix + [try Self.products() + "/zoo"] + arguments, more, after: prelude)
  }

  /// Runs lines of the shell in this folder; `$ZOO` is `zoo` as built beside the tests.
  func shell(_ script: String) throws -> Outcome { try run(["/bin/sh", "-c", script]) }

  private func run(_ command: [String], _ more: [String] = [], after prelude: String = "") throws -> Outcome {
    let streams = FileManager.default.temporaryDirectory.appending(path: "zoo-streams-\(UUID().uuidString)")
      .path
    defer { for name in [".out", ".err"] { unlink(streams + name) } }
    let program = try Self.products() + "/zoo"
    let inFolder = ["sh", "-c", #"cd "$1" && shift && \#(prelude) exec "$@""#, "sh", path]
    let words: [UnsafeMutablePointer<CChar>?] = (inFolder + command).map { strdup($0) } + [nil]
    let settings =
      [
        "ZOO_HOME=\(path)/.home", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "COLUMNS=80", "OMP_WAIT_POLICY=passive",
        "ZOO=\(program)",
      ] + more
    let variables: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, name) in [(STDOUT_FILENO, ".out"), (STDERR_FILENO, ".err")] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, streams + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    // Threads of the tests block signals, and children inherit that: a shell would wait for ever.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let started = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, variables)
    guard started == 0 else { throw Failure(what: "\(program): \(String(cString: strerror(started)))") }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status & 0x7F == 0 else {
      throw Failure(what: "\(command.joined(separator: " ")) did not exit by itself (status \(status))")
    }
    return Outcome(
      code: (status >> 8) & 0xFF, output: try Self.text(streams + ".out"),
      errors: try Self.text(streams + ".err"))
  }

  /// Runs a command that must succeed; its output.
  @discardableResult
  func done(_ arguments: String...) throws -> String {
    let outcome = try zoo(arguments)
    try #require(outcome.code == 0, "zoo \(arguments.joined(separator: " ")): \(outcome.errors)")
    return outcome.output
  }

  /// Runs a command that must fail and leave nothing behind; its message, this folder cut off.
  func refused(_ code: Int32, _ arguments: String...) throws -> String { try refused(code, arguments) }

  func refused(_ code: Int32, _ arguments: [String]) throws -> String {
    let before = files()
    let outcome = try zoo(arguments)
    #expect(outcome.code == code)
    #expect(outcome.output == "")
    #expect(files() == before)
    return outcome.errors.replacing(path + "/", with: "").replacing(path, with: "FOLDER")
  }

  /// Everything below this folder, sorted; the store's lock is none of its contents.
  func files() -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [])
      .filter { !$0.hasPrefix(".home") || $0.contains("/blobs/") || $0.contains("/models/") }.sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
  }
  func text(_ name: String) throws -> String { try Self.text(path + "/" + name) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  /// On Linux the tests are a program in the folder of the package's other products.
  private static func products() throws -> String {
    let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}

/// Fixtures of the reference, by their paths.
enum Fixture {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures").path
  static let vit = root + "/vit-tiny/"
  static let vitOptions = ["width=64", "depth=2", "heads=4", "mlp=256", "patch=8", "image=32"].flatMap {
    ["--set", $0]
  }
}

extension Workshop {
  /// A tiny model `tiny.tar`, and class folders of plain red and blue images:
  /// `train/` with 6, `test/` with 4.
  func furnish() throws {
    try done(
      "create", "--architecture", "vit", "--set", "width=16", "--set", "depth=1", "--set", "heads=2", "--set",
      "mlp=32",
      "--set", "patch=8", "--set", "image=16", "--no-golden", "-o", "tiny.tar")
    for (folder, count) in [("train", 3), ("test", 2)] {
      for index in 0..<count {
        let shade = UInt8(180 + 20 * index)
        try write(
          "\(folder)/red/\(index).png", PNG.plain(width: 20, height: 18, red: shade, green: 10, blue: 0))
        try write(
          "\(folder)/blue/\(index).png", PNG.plain(width: 18, height: 20, red: 0, green: 10, blue: shade))
      }
    }
    try write("recipe.yaml", Self.recipe)
  }

  static let recipe = """
    model: tiny.tar
    name: colours
    heads:
      colour: {plugin: linear, weights: new}
    tasks:
      colour:
        train: {format: folder, path: train}
        evaluate: {format: folder, path: test}
    train:
      steps: 12
      batch: 4
      optimizer: {rate: 0.1, momentum: 0.9}

    """
}
