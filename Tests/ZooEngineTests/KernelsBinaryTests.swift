import CZooKernels
import Testing

@Suite("Kernels: binary operations and strided views")
struct KernelsBinaryTests {
  static let kinds = [
    ZOO_ADD, ZOO_SUBTRACT, ZOO_MULTIPLY, ZOO_DIVIDE, ZOO_MAXIMUM, ZOO_MINIMUM, ZOO_GREATER, ZOO_EQUAL,
  ]

  static func combine(_ kind: Int, _ a: Float, _ b: Float) -> Float {
    switch kind {
    case ZOO_ADD: a + b
    case ZOO_SUBTRACT: a - b
    case ZOO_MULTIPLY: a * b
    case ZOO_DIVIDE: a / b
    case ZOO_MAXIMUM: max(a, b)
    case ZOO_MINIMUM: min(a, b)
    case ZOO_GREATER: a > b ? 1 : 0
    default: a == b ? 1 : 0
    }
  }

  /// Numbers of a coarse grid, so that equal pairs occur.
  func coarse(_ numbers: inout Numbers, _ n: Int) -> [Float] {
    (0..<n).map { _ in (numbers.uniform() * 4).rounded() / 2 + 0.25 }
  }

  @Test(arguments: instructionSets, kinds)
  func equalShapes(isa: Int32, kind: Int) {
    var numbers = Numbers()
    for n in [0, 1, 5, 16, 33, 100] {
      let a = coarse(&numbers, n)
      let b = coarse(&numbers, n)
      let expected = zip(a, b).map { Self.combine(kind, $0, $1) }
      var y = [Float](repeating: .nan, count: n)
      kernels(isa).binary(Int32(kind), a, b, &y, Int64(n))
      #expect(y == expected)
      #expect(inPlace(a) { kernels(isa).binary(Int32(kind), $0, b, $0, Int64(n)) } == expected)
      #expect(inPlace(b) { kernels(isa).binary(Int32(kind), a, $0, $0, Int64(n)) } == expected)
    }
  }

  @Test(arguments: instructionSets, kinds)
  func rows(isa: Int32, kind: Int) {
    var numbers = Numbers()
    for n in [1, 7, 16, 21] {
      let a = coarse(&numbers, 5 * n)
      let b = coarse(&numbers, n)
      let expected = a.indices.map { Self.combine(kind, a[$0], b[$0 % n]) }
      #expect(inPlace(a) { kernels(isa).binary_row(Int32(kind), $0, b, $0, 5, Int64(n)) } == expected)
    }
  }

  /// Shapes with the strides of two operands: dense, broadcast, transposed, with gaps.
  static let views: [(dims: [Int64], a: [Int64], b: [Int64])] = [
    ([], [], []),
    ([17], [1], [0]),
    ([17], [0], [1]),
    ([17], [0], [0]),
    ([5, 17], [17, 1], [0, 1]),
    ([5, 17], [17, 1], [1, 0]),
    ([5, 17], [1, 5], [17, 1]),
    ([5, 17], [40, 2], [17, 1]),
    ([3, 300], [1, 3], [0, 7]),
    ([2, 3, 4, 5], [60, 20, 5, 1], [60, 20, 5, 1]),
    ([2, 3, 4, 5], [60, 1, 15, 3], [0, 5, 0, 1]),
    ([2, 20, 33], [660, 1, 20], [660, 33, 1]),
    ([1, 2, 1, 3, 2, 1, 2, 2], [7, 24, 9, 8, 4, 5, 2, 1], [0, 1, 0, 2, 6, 0, 0, 12]),
    ([4, 0, 3], [3, 3, 1], [0, 0, 1]),
  ]

  static func gather(_ x: [Float], _ dims: [Int64], _ strides: [Int64]) -> [Float] {
    var offsets: [Int64] = [0]
    for (size, stride) in zip(dims, strides) {
      offsets = offsets.flatMap { offset in (0..<size).map { offset + $0 * stride } }
    }
    return offsets.map { x[Int($0)] }
  }

  @Test(arguments: instructionSets, views.indices)
  func stridedViews(isa: Int32, index: Int) {
    var numbers = Numbers()
    let view = Self.views[index]
    let a = coarse(&numbers, 2200)
    let b = coarse(&numbers, 2200)
    let dense = (Self.gather(a, view.dims, view.a), Self.gather(b, view.dims, view.b))
    // One element more than the result has: it must stay as it is.
    var y = [Float](repeating: 7, count: dense.0.count + 1)
    kernels(isa).copy_strided(a, view.dims, view.a, Int32(view.dims.count), &y)
    #expect(y == dense.0 + [7])
    for kind in Self.kinds {
      y = [Float](repeating: 7, count: dense.0.count + 1)
      kernels(isa).binary_strided(Int32(kind), a, view.a, b, view.b, view.dims, Int32(view.dims.count), &y)
      #expect(y == zip(dense.0, dense.1).map { Self.combine(kind, $0, $1) } + [7])
    }
  }
}
