import ZooABI

/// A host array as plain numbers, row-major.
public struct HostArray: Sendable {
  public let name: String
  public let shape: [Int]
  public let values: [Float]
}

/// The arrays that a metric or a decoder works on: outputs by their names, `target.first` and the like,
/// `weight`.
public struct HostArrays: Sendable {
  public let all: [HostArray]

  public subscript(name: String) -> HostArray {
    get throws {
      guard let array = all.first(where: { $0.name == name }) else {
        throw ZooError("no array '\(name)'; there are: \(all.map(\.name).joined(separator: ", "))")
      }
      return array
    }
  }

  init(_ arrays: UnsafePointer<zoo_array>?, _ count: Int) throws {
    var all: [HostArray] = []
    for array in UnsafeBufferPointer(start: arrays, count: arrays == nil ? 0 : count) {
      let shape = UnsafeBufferPointer(start: array.dims, count: array.dims == nil ? 0 : Int(array.rank)).map(
        Int.init)
      all.append(HostArray(name: String(array.name), shape: shape, values: try Self.values(array)))
    }
    self.all = all
  }

  private static func values(_ array: zoo_array) throws -> [Float] {
    guard let data = array.data else { return [] }
    switch array.type {
    case UInt32(ZOO_F32):
      return Array(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: array.count))
    case UInt32(ZOO_I32):
      return UnsafeBufferPointer(start: data.assumingMemoryBound(to: Int32.self), count: array.count).map(
        Float.init)
    default: throw ZooError.newerHost("arrays of type \(array.type)")
    }
  }
}
