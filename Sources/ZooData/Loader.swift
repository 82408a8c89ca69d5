/// Makes batches ahead of their use on threads of its own, and hands them out in order.
///
/// Never more than `prefetch` batches exist inside the loader, made or in the making, so memory is fixed;
/// threads sleep when that many wait. What is in a batch does not depend on the number of threads. An error
/// (say, an image that does not decode) comes out where its batch would have.
///
/// One caller takes batches at a time. The threads end at the last batch, at `cancel()`, or when the
/// loader is released.
public final class Loader: Sendable {
  private let queue: Queue
  private let threads: [PosixThread]

  /// - Parameters:
  ///   - batches: the numbers of the batches to make, in order; without it, all of them from 0 on.
  ///   - threads: at least 1 is used.
  ///   - prefetch: number of batches made ahead, at least 1.
  /// - Throws: `DataError.threadStart`.
  public init(
    _ maker: BatchMaker, batches: Range<Int>? = nil, threads: Int = 2, prefetch: Int = 4
  ) throws {
    let all = 0..<(maker.batchCount ?? Int.max)
    let queue = Queue(maker, batches: (batches ?? all).clamped(to: all), capacity: max(prefetch, 1))
    var started: [PosixThread] = []
    do {
      for _ in 0..<max(threads, 1) { started.append(try PosixThread { queue.work() }) }
    } catch {
      queue.cancel()
      for thread in started { thread.join() }
      throw error
    }
    self.queue = queue
    self.threads = started
  }

  deinit {
    queue.cancel()
    for thread in threads { thread.join() }
  }

  /// The next batch; nil after the last one.
  ///
  /// - Throws: what making this batch threw, the next call going on with the batch after it;
  ///   `DataError.cancelled` after `cancel()`.
  public func next() throws -> Batch? { try queue.take() }

  /// Lets the threads end soon (after the image they are at) and waits for nothing.
  public func cancel() { queue.cancel() }
}

/// Batches made and not yet taken: batch n lies in slot n modulo the capacity.
private final class Queue: @unchecked Sendable {
  private let maker: BatchMaker
  private let monitor = Monitor()
  private var slots: [Result<Batch, any Error>?]
  private var toMake: Int
  private var toTake: Int
  private let end: Int
  private var cancelled = false

  init(_ maker: BatchMaker, batches: Range<Int>, capacity: Int) {
    self.maker = maker
    slots = Array(repeating: nil, count: capacity)
    toMake = batches.lowerBound
    toTake = batches.lowerBound
    end = batches.upperBound
  }

  func work() {
    while let number = claim() {
      let result = Result { try maker.makeBatch(number, isCancelled: isCancelled) }
      monitor.withLock {
        slots[number % slots.count] = result
        monitor.wakeAll()
      }
    }
  }

  private func claim() -> Int? {
    monitor.withLock {
      while !cancelled && toMake < end && toMake - toTake >= slots.count { monitor.wait() }
      guard !cancelled, toMake < end else { return nil }
      toMake += 1
      return toMake - 1
    }
  }

  func take() throws -> Batch? {
    let result: Result<Batch, any Error>? = monitor.withLock {
      if cancelled { return .failure(DataError.cancelled) }
      guard toTake < end else { return nil }
      let slot = toTake % slots.count
      while slots[slot] == nil && !cancelled { monitor.wait() }
      guard !cancelled, let made = slots[slot] else { return .failure(DataError.cancelled) }
      slots[slot] = nil
      toTake += 1
      monitor.wakeAll()
      return made
    }
    return try result?.get()
  }

  func cancel() {
    monitor.withLock {
      cancelled = true
      for slot in slots.indices { slots[slot] = nil }
      monitor.wakeAll()
    }
  }

  private func isCancelled() -> Bool { monitor.withLock { cancelled } }
}
