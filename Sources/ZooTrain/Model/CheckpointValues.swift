import Glibc
import ZooArchive

extension TensorFile {
  /// The elements of an array, or of one layer of it, for the time of a call. Where the file is mapped and holds
  /// floats they are used in place, and the pages let go of: a file larger than memory passes through.
  func withValues<Result>(
    of array: CheckpointArray, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    let mapped = try (self as? SafetensorsFile)?.mappedBytes(of: array.source)
    defer { if let mapped { release(mapped) } }
    if let mapped, try dtype(of: array.source) == .f32, let floats = elements(mapped) {
      return try body(part(floats, array))
    }
    return try floats(array.source).withUnsafeBufferPointer { try body(part($0, array)) }
  }
}

/// A layer of stacked ones.
private func part(_ values: UnsafeBufferPointer<Float>, _ array: CheckpointArray) -> UnsafeBufferPointer<Float> {
  guard let layer = array.layer else { return values }
  let size = array.shape.reduce(1, *)
  return UnsafeBufferPointer(rebasing: values[(layer * size)..<((layer + 1) * size)])
}

/// Nil where the elements are not aligned, which the format does not promise.
private func elements(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<Float>? {
  guard let base = bytes.baseAddress, UInt(bitPattern: base) % UInt(MemoryLayout<Float>.alignment) == 0 else {
    return nil
  }
  return bytes.bindMemory(to: Float.self)
}

/// Tells the system that the pages wholly within are not needed now; they are read again when they are.
private func release(_ bytes: UnsafeRawBufferPointer) {
  let page = UInt(getpagesize())
  let start = (UInt(bitPattern: bytes.baseAddress) + page - 1) / page * page
  let end = (UInt(bitPattern: bytes.baseAddress) + UInt(bytes.count)) / page * page
  guard start < end, let base = UnsafeMutableRawPointer(bitPattern: start) else { return }
  madvise(base, Int(end - start), MADV_DONTNEED)
}
