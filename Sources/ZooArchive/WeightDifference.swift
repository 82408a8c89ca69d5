import Glibc

/// How the tensors of two files differ, tensor by tensor.
public struct WeightDifference: Sendable {
  public enum Change: Sendable, Equatable {
    /// Bit for bit.
    case equal
    case onlyInFirst, onlyInSecond
    case shape([Int], [Int])
    /// Of the same shape, in another element type; numbers that differ too have a distance.
    case dtype(DType, DType, distance: Double)
    /// ‖b - a‖ / ‖a‖ over all elements, in double precision; infinite where `a` is all zeros or a number is missing.
    case values(distance: Double)
  }

  public struct Tensor: Sendable, Equatable {
    public let name: String
    public let change: Change
  }

  /// Every name of either file, in byte order.
  public let tensors: [Tensor]

  public init(_ first: SafetensorsFile, _ second: SafetensorsFile) throws {
    var names = first.entries.map(\.name)
    names += second.entries.map(\.name).filter { first.entry($0) == nil }
    tensors = try names.sorted(by: bytesPrecede).map { name in
      Tensor(name: name, change: try Self.change(name, first, second))
    }
  }

  private static func change(_ name: String, _ first: SafetensorsFile, _ second: SafetensorsFile) throws -> Change {
    guard let a = first.entry(name) else { return .onlyInSecond }
    guard let b = second.entry(name) else { return .onlyInFirst }
    guard a.shape == b.shape else { return .shape(a.shape, b.shape) }
    if a.dtype == b.dtype {
      let same = try first.withBytes(of: name) { x in
        try second.withBytes(of: name) { y in sameBytes(x, y) }
      }
      if same { return .equal }
    }
    let distance = Self.distance(try meaning(name, first), try meaning(name, second))
    return a.dtype == b.dtype ? .values(distance: distance) : .dtype(a.dtype, b.dtype, distance: distance)
  }

  /// A tensor's numbers; of int8 weights what they stand for, with the scales of their channels.
  private static func meaning(_ name: String, _ file: SafetensorsFile) throws -> [Float] {
    let values = try file.floats(name)
    guard let entry = file.entry(name), entry.dtype == .i8, let rows = entry.shape.first, rows > 0,
      file.entry(name + ".scale")?.shape == [rows]
    else { return values }
    let (scales, width) = (try file.floats(name + ".scale"), values.count / rows)
    return values.indices.map { values[$0] * scales[$0 / max(width, 1)] }
  }

  private static func distance(_ a: [Float], _ b: [Float]) -> Double {
    var (difference, norm) = (0.0, 0.0)
    for (x, y) in zip(a, b) {
      let step = Double(y) - Double(x)
      difference += step * step
      norm += Double(x) * Double(x)
    }
    if difference == 0 { return 0 }
    let result = (difference / norm).squareRoot()
    return result.isNaN ? .infinity : result
  }

  /// How many tensors are equal bit for bit.
  public var equalCount: Int { tensors.filter { $0.change == .equal }.count }
  public var isEqual: Bool { equalCount == tensors.count }
}

private func sameBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  guard let first = a.baseAddress, let second = b.baseAddress else { return a.count == b.count }
  return a.count == b.count && memcmp(first, second, a.count) == 0
}
