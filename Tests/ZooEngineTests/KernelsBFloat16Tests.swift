import CZooKernels
import Testing

@Suite("bfloat16 kernels")
struct KernelsBFloat16Tests {
  /// Ties to even, by the two neighbours in exact arithmetic.
  private func nearest(_ x: Float) -> UInt16 {
    let bits = x.bitPattern
    if x.isNaN { return UInt16(bits >> 16) | 0x40 }
    let below = bits & 0xFFFF_0000
    let rest = bits & 0xFFFF
    let isOdd = (bits >> 16) & 1 == 1
    return UInt16((rest > 0x8000 || (rest == 0x8000 && isOdd) ? below &+ 0x1_0000 : below) >> 16)
  }

  @Test(arguments: instructionSets) func roundsToNearest(_ isa: Int32) {
    var numbers = Numbers()
    let special: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
      Float(bitPattern: 0x3F80_8000), Float(bitPattern: 0x3F81_8000), Float(bitPattern: 0x3F80_8001),
      Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFF80_0001),
    ]
    let random = (0..<1003).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: numbers.next())) }
    for count in [0, 1, 15, 16, 17, special.count + random.count] {
      let x = Array((special + random).prefix(count))
      var y = [UInt16](repeating: 0xABCD, count: count + 1)
      kernels(isa).to_bfloat16(x, &y, Int64(count))
      for (value, got) in zip(x, y) { #expect(got == nearest(value), "\(value)") }
      #expect(y[count] == 0xABCD)
    }
  }

  @Test(arguments: instructionSets) func wideningIsExact(_ isa: Int32) {
    let x = (0..<UInt32(65536)).map { UInt16($0) }
    var y = [Float](repeating: 0, count: x.count)
    kernels(isa).from_bfloat16(x, &y, Int64(x.count))
    for (half, float) in zip(x, y) { #expect(float.bitPattern == UInt32(half) << 16) }
  }
}
