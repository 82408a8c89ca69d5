import CZooKernels

/// When an instruction ran, and what each thread did in its parallel regions. Times are in seconds since the first
/// instruction began.
///
/// Regions are the engine's own: threads that a library starts itself are not seen, and work that is too small to be split
/// has no region.
public struct InstructionTrace: Sendable {
  public struct Share: Sendable, Equatable {
    /// 0 is the thread that calls instructions one after the other.
    public let thread: Int
    public let start: Double
    public let seconds: Double
  }
  public let start: Double
  public let seconds: Double
  /// In the order of their threads, and of time within each.
  public let shares: [Share]
}

/// Records instructions as they run, on the computing thread.
struct TraceRecorder {
  /// Of one instruction; more shares than this are left out.
  private static let room = 1 << 14

  private(set) var instructions: [InstructionTrace] = []
  private var buffer = [zoo_share](repeating: zoo_share(), count: room)
  private var origin: Int64?

  /// - Returns: what `step` does.
  mutating func record(_ step: () -> Bool) -> Bool {
    let (start, end, count, result) = buffer.withUnsafeMutableBufferPointer { room in
      zoo_pool_record(room.baseAddress, Int32(room.count))
      defer { zoo_pool_record(nil, 0) }
      let start = zoo_clock()
      let result = step()
      return (start, zoo_clock(), Int(zoo_pool_recorded()), result)
    }
    let first = origin ?? start
    origin = first
    func seconds(_ from: Int64, _ to: Int64) -> Double { Double(to - from) * 1e-9 }
    instructions.append(
      InstructionTrace(
        start: seconds(first, start), seconds: seconds(start, end),
        shares: buffer[..<count].sorted { ($0.thread, $0.start) < ($1.thread, $1.start) }.map {
          .init(thread: Int($0.thread), start: seconds(first, $0.start), seconds: seconds($0.start, $0.end))
        }))
    return result
  }
}
