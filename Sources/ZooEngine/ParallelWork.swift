import CZooKernels

/// The engine's threads for work that is not a graph: linear algebra, search. It takes turns with programs, so that one
/// pool uses the cores.
public struct ParallelWork: Sendable {
  public var threads: Int { pool.threads }
  /// Single-threaded OpenBLAS is to be opened with this core type; nil leaves the choice to the library.
  public let openBLASCore: String?
  private let pool: ThreadPool
  private let thread: ComputeThread

  /// - Parameter threads: at most this many; nil for all that the process may use.
  /// - Throws: where no thread can be started.
  public init(threads: Int? = nil) throws(EngineError) {
    let processor = Processor.detect()
    openBLASCore = processor.openBLASCore
    pool = ThreadPool(threads: max(1, min(threads ?? processor.threads, 256)))
    thread = try ComputeThread.shared.get()
  }

  /// Runs `body` on the computing thread, alone.
  public func alone<Result>(_ body: () -> Result) -> Result { thread.run(body) }

  /// Splits `count` items into contiguous ranges, one a thread, and returns when all are done; `minimum` items are worth
  /// a thread of their own. `body` gets its range and its thread's number, from 0.
  public func split(_ count: Int, minimum: Int = 1, _ body: (Range<Int>, Int) -> Void) {
    thread.run { pool.split(count, minimum: minimum, body) }
  }
}
