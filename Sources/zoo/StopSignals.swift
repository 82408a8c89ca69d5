import Glibc
import Synchronization

/// SIGINT and SIGTERM end a run after its step instead of anywhere.
final class StopSignals {
  init() {
    stopRequested.store(false, ordering: .relaxed)
    signal(SIGINT, requestStop)
    signal(SIGTERM, requestStop)
  }

  var received: Bool { stopRequested.load(ordering: .relaxed) }

  func restore() {
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}

// A signal handler can reach nothing but a global; an atomic flag is what it may touch.
private let stopRequested = Atomic(false)

/// The second signal ends the process at once.
private func requestStop(_ number: Int32) {
  if stopRequested.exchange(true, ordering: .relaxed) { _exit(128 + number) }
}
