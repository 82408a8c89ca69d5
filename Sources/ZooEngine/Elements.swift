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

  var isNarrow: Bool { storage != .float32 }
  private var bytes: UnsafeMutablePointer<UInt8> { memory.assumingMemoryBound(to: UInt8.self) }

  /// Where an element lies.
  subscript(position: Int) -> Memory { memory + position * storage.size }

  /// What tells a kernel that takes float32 and bfloat16 that this operand is the latter.
  func flag(_ flag: some BinaryInteger) -> Int32 { storage == .bfloat16 ? Int32(flag) : 0 }

  /// `count` elements as float32: where they lie, or widened in `room`.
  func read(_ start: Int, _ count: Int, room: Floats) -> Floats {
    switch storage {
    case .float32: return Floats(memory) + start
    case .bfloat16: kernels.from_bfloat16(memory.halves + start, room, Int64(count))
    case .uint8(let quantization):
      kernels.from_bytes(bytes + start, quantization.scale, Float(quantization.zero), room, Int64(count))
    }
    return room
  }

  /// Where to write float32 elements; `put` them there afterwards.
  func place(_ start: Int, room: Floats) -> Floats { isNarrow ? room : Floats(memory) + start }

  func put(_ start: Int, _ count: Int, room: Floats) {
    switch storage {
    case .float32: break
    case .bfloat16: kernels.to_bfloat16(room, memory.halves + start, Int64(count))
    case .uint8(let quantization):
      kernels.to_bytes(room, 1 / quantization.scale, Float(quantization.zero), bytes + start, Int64(count))
    }
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
