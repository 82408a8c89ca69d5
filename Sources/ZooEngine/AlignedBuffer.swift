import Glibc

/// Memory of our own, aligned for every vector instruction, zeroed, freed with its owner.
///
/// Not synchronised: whoever holds it says which thread writes.
public final class AlignedBuffer: @unchecked Sendable {
  public let bytes: Int
  let base: UnsafeMutableRawPointer

  public init(bytes: Int) throws(EngineError) {
    // Large blocks start on a huge page, which the kernel may then use.
    let alignment = bytes >= 1 << 22 ? 1 << 21 : 64
    let rounded = (max(bytes, 1) + alignment - 1) & ~(alignment - 1)
    guard let memory = aligned_alloc(alignment, rounded) else { throw .memory(bytes: bytes) }
    if alignment > 64 { madvise(memory, rounded, MADV_HUGEPAGE) }
    memset(memory, 0, rounded)
    self.bytes = bytes
    base = memory
  }

  deinit { free(base) }

  var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
}
