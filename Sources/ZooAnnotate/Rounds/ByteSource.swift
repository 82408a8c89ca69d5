import ZooArchive
import ZooData

/// A file handed over block by block.
struct ByteSource {
  private let file: ReadableFile
  private let start: Int
  let size: Int

  init(_ path: String) throws {
    file = try ReadableFile(path)
    (start, size) = (0, file.size)
  }

  init(_ path: String, offset: Int, size: Int) throws {
    file = try ReadableFile(path)
    (start, self.size) = (offset, size)
  }

  func forEachBlock(_ sink: TensorSource.Sink) throws {
    var at = 0
    while at < size {
      let block = try file.read(offset: start + at, count: min(1 << 20, size - at))
      at += block.count
      try block.withUnsafeBytes { try sink($0) }
    }
  }
}
