import CZooKernels
import Testing

@Suite("Kernels of bytes")
struct KernelsQuantizedTests {
  @Test(arguments: instructionSets) func roundsAndCuts(_ isa: Int32) {
    let special: [Float] = [0, -0.0, 0.5, 1.5, 2.5, -0.4, -300, 254.5, 255.5, 1e30, -1e30, .infinity, -.infinity, .nan]
    var numbers = Numbers()
    let random = (0..<1003).map { _ in Float(numbers.next() % 100_000) / 300 - 30 }
    for count in [0, 1, 15, 16, 17, special.count + random.count] {
      let x = Array((special + random).prefix(count))
      var y = [UInt8](repeating: 0xAB, count: count + 1)
      kernels(isa).to_bytes(x, 1, 0, &y, Int64(count))
      for (value, got) in zip(x, y) {
        let want = value > 0 ? min(255, value.rounded(.toNearestOrEven)) : 0
        #expect(Float(got) == want, "\(value)")
      }
      #expect(y[count] == 0xAB)
    }
  }

  @Test(arguments: instructionSets) func thereAndBack(_ isa: Int32) {
    let bytes = (0...255).map { UInt8($0) }
    var (x, back) = ([Float](repeating: 0, count: 256), [UInt8](repeating: 0, count: 256))
    kernels(isa).from_bytes(bytes, 0.25, 100, &x, 256)
    #expect(x == bytes.map { 0.25 * (Float($0) - 100) })
    kernels(isa).to_bytes(x, 4, 100, &back, 256)
    #expect(back == bytes)
  }

  @Test(arguments: instructionSets) func weights(_ isa: Int32) {
    var numbers = Numbers()
    for width in [1, 15, 16, 33, 200] {
      let w = (0..<(3 * width)).map { _ in Int8(truncatingIfNeeded: numbers.next()) }
      var (sums, y) = ([Int32](repeating: 0, count: 3), [Float](repeating: 0, count: 3 * width))
      kernels(isa).int8_row_sums(w, 3, Int64(width), &sums)
      #expect(sums == (0..<3).map { row in w[(row * width)..<((row + 1) * width)].reduce(0) { $0 + Int32($1) } })
      kernels(isa).from_int8(w, 0.5, &y, Int64(3 * width))
      #expect(y == w.map { Float($0) / 2 })
    }
  }
}
