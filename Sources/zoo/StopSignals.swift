import Glibc
import Synchronization

/// SIGINT and SIGTERM end a run after its step instead of anywhere.
final class StopSignals {
  init() {
    stopRequested.store(0, ordering: .relaxed)
    signal(SIGINT, requestStop)
    signal(SIGTERM, requestStop)
    // Whoever started the program may have held them back from it.
    var both = sigset_t()
    sigemptyset(&both)
    sigaddset(&both, SIGINT)
    sigaddset(&both, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
  }

  /// The signal that asked for an end; nil while there was none.
  var received: Int32? {
    let number = stopRequested.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  func restore() {
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
  }
}

// A signal handler can reach nothing but a global; an atomic flag is what it may touch.
private let stopRequested = Atomic<Int32>(0)

/// The second signal ends the process at once.
private func requestStop(_ number: Int32) {
  if stopRequested.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
}
