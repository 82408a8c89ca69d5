import CZooKernels

/// Parallel regions on the one pool (libgomp's where there is one).
public struct ThreadPool: Sendable {
  /// Into how many shares kernels split their work: the number of threads, unless that must not matter.
  public let threads: Int
  /// Threads that work on the shares.
  public let workers: Int
  public let library: String

  /// - Parameter shares: nil for one for each thread.
  init(threads: Int, shares: Int? = nil) {
    (self.threads, workers) = (shares ?? threads, threads)
    library = String(cString: zoo_pool_open())
  }

  /// Runs `body(thread, threads)` once for each share, and returns when all are done.
  func run(_ body: (Int, Int) -> Void) {
    guard threads > 1 else { return body(0, 1) }
    withoutActuallyEscaping(body) { body in
      var job = Job(body: body)
      withUnsafeMutablePointer(to: &job) { context in
        zoo_pool_run_shares(Int32(threads), Int32(workers), poolTask, context)
      }
    }
  }

  /// Splits `count` items into contiguous ranges, one a share; `minimum` items are worth a share of their own.
  func split(_ count: Int, minimum: Int = 1, _ body: (Range<Int>, Int) -> Void) {
    guard threads > 1, count >= 2 * minimum else { return count > 0 ? body(0..<count, 0) : () }
    run { thread, threads in
      let range = (count * thread / threads)..<(count * (thread + 1) / threads)
      if !range.isEmpty { body(range, thread) }
    }
  }

  private struct Job { let body: (Int, Int) -> Void }
  private static func enter(_ context: UnsafeMutableRawPointer?, _ thread: Int32, _ threads: Int32) {
    context?.assumingMemoryBound(to: Job.self).pointee.body(Int(thread), Int(threads))
  }
  fileprivate static func task(_ context: UnsafeMutableRawPointer?, _ thread: Int32, _ threads: Int32) {
    enter(context, thread, threads)
  }
}

/// A plain function, so that no actor's isolation travels with the pointer.
private func poolTask(_ context: UnsafeMutableRawPointer?, _ thread: Int32, _ threads: Int32) {
  ThreadPool.task(context, thread, threads)
}
