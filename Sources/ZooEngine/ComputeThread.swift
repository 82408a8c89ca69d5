import Glibc

/// The one thread that enters parallel regions. libgomp keeps a pool for every thread that calls it, and two pools on
/// the same cores cost a factor of five, so every computation goes through here.
final class ComputeThread: @unchecked Sendable {
  // Guarded by `mutex`; allocated so that their addresses stay put.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var job: UnsafeMutablePointer<Job>?
  private var finished = 0
  private var submitted = 0

  /// One for the process: all engines share the cores, so they take turns.
  static let shared = Result { () throws(EngineError) in try ComputeThread() }

  private init() throws(EngineError) {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_cond_init(done, nil)
    var thread = pthread_t()
    let context = Unmanaged.passUnretained(self).toOpaque()
    let status = pthread_create(&thread, nil, computeThreadMain, context)
    guard status == 0 else { throw .run("cannot start a thread (\(String(cString: strerror(status))))") }
    pthread_detach(thread)
  }

  /// Lives on the caller's stack while the caller waits, so that nothing of it escapes.
  private struct Job { let body: () -> Void }

  /// Runs `body` on the computing thread and waits for it. Not to be called from that thread.
  func run<Result>(_ body: () -> Result) -> Result {
    var result: Result?
    withUnsafeMutablePointer(to: &result) { slot in
      withoutActuallyEscaping({ slot.pointee = body() }) { work in
        var job = Job(body: work)
        withUnsafeMutablePointer(to: &job) { submit($0) }
      }
    }
    // The job has run: `submit` returned.
    return result.unsafelyUnwrapped
  }

  private func submit(_ next: UnsafeMutablePointer<Job>) {
    pthread_mutex_lock(mutex)
    while job != nil || submitted != finished { pthread_cond_wait(done, mutex) }
    submitted += 1
    let ticket = submitted
    job = next
    pthread_cond_signal(wake)
    while finished < ticket { pthread_cond_wait(done, mutex) }
    pthread_mutex_unlock(mutex)
  }

  fileprivate func loop() -> Never {
    while true {
      pthread_mutex_lock(mutex)
      while job == nil { pthread_cond_wait(wake, mutex) }
      let next = job
      pthread_mutex_unlock(mutex)
      next?.pointee.body()
      pthread_mutex_lock(mutex)
      job = nil
      finished = submitted
      pthread_cond_broadcast(done)
      pthread_mutex_unlock(mutex)
    }
  }
}

/// The thread lives as long as the process, and so does the engine that owns its object.
private func computeThreadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<ComputeThread>.fromOpaque(context).retain().takeUnretainedValue().loop()
}
