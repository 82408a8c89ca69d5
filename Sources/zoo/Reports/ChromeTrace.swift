import ZooArchive
import ZooEngine
import ZooTrain

/// The format of chrome://tracing and Perfetto, times in microseconds: a line for each thread that the engine knows of. The
/// first has every operation, and within it the calling thread's share of what was split; the others have their shares.
enum ChromeTrace {
  static func text(_ result: BenchResult) -> String {
    let trace = result.trace ?? []
    var events: [JSONValue] = []
    let threads = Set(trace.flatMap { $0.shares.map(\.thread) }).union([0]).sorted()
    for thread in threads {
      events.append([
        "name": .string("thread_name"), "ph": .string("M"), "pid": .int(1), "tid": .int(Int64(thread)),
        "args": ["name": .string(thread == 0 ? "thread 0 (calls operations)" : "thread \(thread)")],
      ])
    }
    for (line, item) in zip(result.timeline, trace) {
      let shares = Set(item.shares.map(\.thread)).count
      events.append(
        event(
          line.name, thread: 0, item.start, item.seconds,
          [
            "implementation": .string(line.implementation), "flops": .int(Int64(line.flops)),
            // Nothing was split, or a library did it with threads that nobody sees.
            "threads": shares == 0 ? .null : .int(Int64(shares)),
          ]))
      for share in item.shares {
        events.append(event("share of \(line.name)", thread: share.thread, share.start, share.seconds, [:]))
      }
    }
    return JSONValue.object(["traceEvents": .array(events)]).compact()
  }

  private static func event(
    _ name: String, thread: Int, _ start: Double, _ seconds: Double, _ arguments: JSONValue
  ) -> JSONValue {
    [
      "name": .string(name), "ph": .string("X"), "pid": .int(1), "tid": .int(Int64(thread)), "ts": .double(start * 1e6),
      "dur": .double(seconds * 1e6), "args": arguments,
    ]
  }
}
