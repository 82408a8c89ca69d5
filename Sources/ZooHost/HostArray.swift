import ZooABI

/// A dense row-major array that a head's own metric or decoder gets.
public struct HostArray: Sendable {
  public enum Elements: Sendable {
    case float32([Float])
    case int32([Int32])
  }
  public let name: String
  public let shape: [Int]
  public let elements: Elements

  public init(name: String, shape: [Int], elements: Elements) {
    (self.name, self.shape, self.elements) = (name, shape, elements)
  }

  /// Whether there are as many elements as the shape says.
  var fits: Bool {
    var total = 1
    for size in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return false }
      total = product
    }
    return switch elements {
    case .float32(let values): values.count == total
    case .int32(let values): values.count == total
    }
  }
}

/// Lays arrays out for a plugin; they live until `body` returns.
func withArrays<Result>(
  _ arrays: ArraySlice<HostArray>, after done: [zoo_array] = [],
  _ body: (UnsafeBufferPointer<zoo_array>) -> Result
) -> Result {
  guard let array = arrays.first else { return done.withUnsafeBufferPointer(body) }
  return array.name.withText { name in
    array.shape.map(Int64.init).withUnsafeBufferPointer { dimensions in
      func next(_ type: Int, _ data: UnsafeRawPointer?, _ count: Int) -> Result {
        let item = zoo_array(
          name: name, type: UInt32(type), rank: UInt32(dimensions.count), dims: dimensions.baseAddress,
          data: data,
          count: count)
        return withArrays(arrays.dropFirst(), after: done + [item], body)
      }
      switch array.elements {
      case .float32(let values):
        return values.withUnsafeBufferPointer {
          next(Int(ZOO_F32), UnsafeRawPointer($0.baseAddress), $0.count)
        }
      case .int32(let values):
        return values.withUnsafeBufferPointer {
          next(Int(ZOO_I32), UnsafeRawPointer($0.baseAddress), $0.count)
        }
      }
    }
  }
}
