import CZooKernels
import Testing

/// Counts how often each share ran. Each writes to a place of its own.
private func count(threads: Int, _ run: (CInt, zoo_task?, UnsafeMutableRawPointer?) -> Void) -> [Int32] {
  var shares = [Int32](repeating: 0, count: threads)
  shares.withUnsafeMutableBytes { bytes in
    run(
      CInt(threads),
      { context, thread, threads in
        guard let context, thread >= 0, thread < threads else { return }
        context.assumingMemoryBound(to: Int32.self)[Int(thread)] += 1 + 1000 * threads
      }, bytes.baseAddress)
  }
  return shares
}

extension LibraryTests {
  @Suite struct Pool {
    @Test(arguments: 1...8) func runsEveryShareOnce(threads: Int) {
      _ = zoo_pool_open()
      for _ in 0..<50 {
        let shares = count(threads: threads) { zoo_pool_run($0, $1, $2) }
        #expect(shares == Array(repeating: Int32(1 + 1000 * threads), count: threads))
      }
    }

    @Test(arguments: 1...8) func runsEveryShareOnceOnThreadsOfOurOwn(threads: Int) {
      for _ in 0..<500 {
        let shares = count(threads: threads) { zoo_pool_run_own($0, $1, $2) }
        #expect(shares == Array(repeating: Int32(1 + 1000 * threads), count: threads))
      }
    }

    @Test func changesTheNumberOfThreadsBetweenRegions() {
      for threads in [8, 1, 3, 2, 300, 5, 8, 2] {
        let own = count(threads: threads) { zoo_pool_run_own($0, $1, $2) }
        #expect(own == Array(repeating: Int32(1 + 1000 * threads), count: threads))
      }
    }

    @Test func treatsNoThreadsAsOne() {
      var ran: Int32 = 0
      let task: zoo_task = { context, thread, threads in
        context?.assumingMemoryBound(to: Int32.self).pointee += 1 + 10 * thread + 100 * threads
      }
      zoo_pool_run(0, task, &ran)
      #expect(ran == 101)
      zoo_pool_run_own(-3, task, &ran)
      #expect(ran == 202)
    }

    @Test func sumsWhatTheSharesLeave() {
      // What a share wrote must be there for the caller when the region is over.
      var parts = [Int32](repeating: 0, count: 4)
      for round in 1...2000 {
        zoo_pool_run_own(
          4,
          { context, thread, _ in
            context?.assumingMemoryBound(to: Int32.self)[Int(thread)] += thread + 1
          }, &parts)
        if parts.reduce(0, +) != 10 * Int32(round) {
          Issue.record("a share is missing after region \(round)")
        }
      }
    }

    @Test func namesItself() {
      #expect(["libgomp", "own"].contains(String(cString: zoo_pool_open())))
    }
  }
}
