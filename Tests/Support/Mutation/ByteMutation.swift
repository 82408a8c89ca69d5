/// Sizes at which arithmetic goes wrong.
let edges: [UInt64] = [
  0, 1, 2, 7, 8, 63, 64, 127, 128, 255, 256, 511, 512, 513, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, 0x7FFF_FFFF,
  0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 0x1_0000_0000, 1 << 40, 1 << 53, 1 << 61, 1 << 62, (1 << 63) - 512,
  (1 << 63) - 1, 1 << 63, .max - 511, .max,
]

/// Changes that need no knowledge: bits, numbers of 1 to 8 bytes, parts moved, doubled, cut or taken from
/// `other`.
func mutateBytes(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
  let at = generator.below(bytes.count)
  let rest = bytes.count - at
  let part = min(rest, 1 + generator.below(generator.chance(80) ? 16 : 700))
  switch generator.below(9) {
  case 0 where rest > 0: bytes[at] ^= 1 << UInt8(generator.below(8))
  case 1 where rest > 0: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
  case 2: bytes.removeSubrange(at..<at + part)
  case 3: bytes.insert(contentsOf: bytes[at..<at + part], at: generator.below(bytes.count + 1))
  case 4: bytes.removeSubrange(at...)
  case 5:
    let from = generator.below(other.count)
    bytes.insert(contentsOf: other[from..<min(other.count, from + part)], at: at)
  case 6:
    let from = generator.below(other.count)
    bytes = Array(bytes[..<at]) + other[from...]
  case 7: bytes.insert(contentsOf: repeatElement(UInt8(truncatingIfNeeded: generator.next()), count: part), at: at)
  default:
    let width = [1, 2, 4, 8][generator.below(4)]
    guard let value = generator.pick(edges) else { return }
    put(value, width, at: at, &bytes, bigEndian: generator.chance(50))
  }
}

/// Writes a number over the bytes at `at`, as far as they go.
public func put(_ value: UInt64, _ width: Int, at: Int, _ bytes: inout [UInt8], bigEndian: Bool = false) {
  for index in 0..<width where bytes.indices.contains(at + index) {
    let shift = UInt64(8 * (bigEndian ? width - 1 - index : index))
    bytes[at + index] = UInt8(truncatingIfNeeded: value >> shift)
  }
}

/// The number in the bytes at `at`; nil if they are not all there.
func number(_ bytes: [UInt8], _ width: Int, at: Int, bigEndian: Bool = false) -> UInt64? {
  guard at >= 0, width <= bytes.count - at else { return nil }
  return (0..<width).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64(8 * (bigEndian ? width - 1 - $1 : $1)) }
}

/// Where `pattern` lies in `bytes`.
public func places(of pattern: [UInt8], in bytes: [UInt8]) -> [Int] {
  guard let first = pattern.first, bytes.count >= pattern.count else { return [] }
  return (0...bytes.count - pattern.count).filter { at in
    bytes[at] == first && bytes[at..<at + pattern.count].elementsEqual(pattern)
  }
}
