import Synchronization

/// Files of which only so many are open at once.
final class ShardFiles: Sendable {
  static let limit = 128
  let paths: [String]
  /// The last used come last.
  private let open = Mutex<[(shard: Int, file: ReadableFile)]>([])

  init(_ paths: [String]) { self.paths = paths }

  /// `count` bytes of a shard from `offset` on; safe to call from several threads.
  func read(_ shard: Int, offset: Int, count: Int) throws -> [UInt8] {
    try file(shard).read(offset: offset, count: count)
  }

  private func file(_ shard: Int) throws -> ReadableFile {
    try open.withLock { open in
      if let at = open.lastIndex(where: { $0.shard == shard }) {
        let found = open.remove(at: at)
        open.append(found)
        return found.file
      }
      let file = try ReadableFile(paths[shard])
      if open.count == Self.limit { open.removeFirst() }
      open.append((shard, file))
      return file
    }
  }
}
