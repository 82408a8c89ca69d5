import CZooKernels

typealias Halves = UnsafeMutablePointer<UInt16>

extension Memory {
  var halves: Halves { assumingMemoryBound(to: UInt16.self) }
}

/// Floats in memory of either width. Kernels compute in float32: what is narrow is widened a block at a time, into a
/// room that stays in the cache.
struct Elements {
  let memory: Memory
  let storage: Storage
  let kernels: zoo_kernels

  var isNarrow: Bool { storage == .bfloat16 }

  /// Where an element lies.
  subscript(position: Int) -> Memory { memory + position * storage.size }

  /// What tells a kernel that takes both widths that this operand is narrow; 0 for float32.
  func flag(_ flag: some BinaryInteger) -> Int32 { isNarrow ? Int32(flag) : 0 }

  /// `count` elements as float32: where they lie, or widened in `room`.
  func read(_ start: Int, _ count: Int, room: Floats) -> Floats {
    guard isNarrow else { return Floats(memory) + start }
    kernels.from_bfloat16(memory.halves + start, room, Int64(count))
    return room
  }

  /// Where to write float32 elements; `put` them there afterwards.
  func place(_ start: Int, room: Floats) -> Floats { isNarrow ? room : Floats(memory) + start }

  func put(_ start: Int, _ count: Int, room: Floats) {
    if isNarrow { kernels.to_bfloat16(room, memory.halves + start, Int64(count)) }
  }
}

/// Floats of a block that is widened at once: with a second one of the result they fill half of a first-level cache.
let blockFloats = 2048

/// Calls with neighbouring ranges of at most `block` items.
func eachBlock(_ range: Range<Int>, of block: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
  var start = range.lowerBound
  while start < range.upperBound {
    let count = min(block, range.upperBound - start)
    body(start, count)
    start += count
  }
}
