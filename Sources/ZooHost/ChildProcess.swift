import Glibc

/// A program run to its end or for so long, with what it wrote to the descriptor `ChildProcess.channel`.
struct ChildProcess {
  enum End: Equatable {
    case exited(Int32)
    case crashed(signal: Int32)
    case tookTooLong
    case notStarted(errno: Int32)
  }
  /// Where the child answers: its standard streams belong to whatever code it runs.
  static let channel: Int32 = 3

  let end: End
  let output: [UInt8]

  /// - Parameters:
  ///   - quiet: its standard streams go nowhere; else its output goes to our standard error.
  ///   - received: what it wrote, as it comes.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], seconds: Int, quiet: Bool,
    received: ([UInt8]) -> Void = { _ in }
  ) {
    var pipes: [Int32] = [-1, -1]
    guard pipe(&pipes) == 0 else {
      (end, output) = (.notStarted(errno: errno), [])
      return
    }
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let spawned = Self.spawn(program, arguments, environment, writing: pipes[1], quiet: quiet)
    close(pipes[1])
    defer { close(pipes[0]) }
    guard case .success(let process) = spawned else {
      (end, output) = (.notStarted(errno: spawned.failure), [])
      return
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    output = Self.read(pipes[0], until: deadline, received)
    end = Self.wait(process, until: deadline)
  }

  private enum Spawned {
    case success(pid_t)
    case failed(Int32)
    var failure: Int32 { if case .failed(let code) = self { code } else { 0 } }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], writing: Int32, quiet: Bool
  ) -> Spawned {
    let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if quiet {
      for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
      }
    } else {
      posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    }
    posix_spawn_file_actions_adddup2(&actions, writing, channel)
    // A group of its own, so that nothing it starts outlives the limit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var process: pid_t = 0
    let status = posix_spawn(&process, program, &actions, &attributes, words, variables)
    return status == 0 ? .success(process) : .failed(status)
  }

  private static func read(
    _ descriptor: Int32, until deadline: ContinuousClock.Instant, _ received: ([UInt8]) -> Void
  ) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < 64 << 20 {
      var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { break }
      let ready = poll(&item, 1, Int32(min(left.rounded(.up), 1e6)))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
      }
      guard !bytes.isEmpty else { break }
      all += bytes
      received(bytes)
    }
    return all
  }

  private static func wait(_ process: pid_t, until deadline: ContinuousClock.Instant) -> End {
    var status: Int32 = 0
    while true {
      let answer = waitpid(process, &status, WNOHANG)
      if answer == process { break }
      if answer < 0, errno != EINTR { return .exited(1) }
      guard ContinuousClock.now < deadline else {
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return .tookTooLong
      }
      // It has closed the channel and is about to end.
      usleep(1000)
    }
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .crashed(signal: signal)
  }
}

/// A child process that runs a plugin's code in our place.
public enum PluginChild {
  /// How it ended.
  public struct End: Sendable {
    /// `crashed (Segmentation fault)`; nil where it ended as it should.
    public let fault: String?
  }

  /// - Parameter received: what it sent, as it comes.
  public static func run(
    _ executable: String, _ arguments: [String], environment: [String: String], seconds: Int,
    received: ([UInt8]) -> Void
  ) -> End {
    let child = ChildProcess(
      executable, arguments, environment: environment, seconds: seconds, quiet: false, received: received)
    switch child.end {
    case .exited(0): return End(fault: nil)
    case .exited(let code): return End(fault: "ended with exit code \(code)")
    case .crashed(let signal): return End(fault: "crashed (\(CrashReport.name(signal)))")
    case .tookTooLong: return End(fault: "did not end in \(seconds) s")
    case .notStarted(let code): return End(fault: "cannot be started (\(String(cString: strerror(code))))")
    }
  }
}
