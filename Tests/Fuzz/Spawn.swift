import Glibc

/// Starts this program again, with these arguments.
func startSelf(_ arguments: [String]) throws -> pid_t {
  var argv: [UnsafeMutablePointer<CChar>?] = (["/proc/self/exe"] + arguments).map { strdup($0) } + [nil]
  defer { argv.forEach { free($0) } }
  // A trap must not spend seconds on a stack trace.
  var environment: [UnsafeMutablePointer<CChar>?] = [strdup("SWIFT_BACKTRACE=enable=no"), nil]
  defer { environment.forEach { free($0) } }
  var pid = pid_t()
  guard posix_spawn(&pid, "/proc/self/exe", nil, nil, &argv, &environment) == 0 else {
    throw SystemError("start", "/proc/self/exe")
  }
  return pid
}

/// Runs this program again, to its end.
/// - Returns: the status as `waitpid` gives it.
func runSelf(_ arguments: [String]) throws -> Int32 {
  let pid = try startSelf(arguments)
  var status: Int32 = 0
  while waitpid(pid, &status, 0) < 0 {
    guard errno == EINTR else { throw SystemError("wait for", "worker") }
  }
  return status
}
