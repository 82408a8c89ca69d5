import Glibc

/// What one input may cost.
struct Limits: Sendable {
  /// Processor time of one case, in milliseconds: a busy machine must not look like a hang.
  var milliseconds = 1000
  /// Private memory of the process, in MiB.
  var memory = 256

  /// Bounds this process: an allocation beyond fails, and with it the reader that asked.
  func apply() {
    var bound = rlimit(rlim_cur: rlim_t(memory) << 20, rlim_max: rlim_t(memory) << 20)
    setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &bound)
    // A crash is reported by name; its memory is of no use.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  }

  /// Ends the process by SIGPROF unless it is called again in time.
  func restartClock() {
    var interval = itimerval()
    interval.it_value = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &interval, nil)
  }
}
