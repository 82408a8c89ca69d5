import ZooABI
import ZooGraph

/// A list that a plugin passed, by its place and length.
func list<T>(_ start: UnsafePointer<T>?, _ count: Int, _ call: String) throws -> UnsafeBufferPointer<T> {
  guard count != 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
  guard count > 0, count <= 4096 else { throw Refusal.tooLong(call, count) }
  guard let start else { throw Refusal.noArray(call) }
  return UnsafeBufferPointer(start: start, count: count)
}

extension Attributes {
  init(reading attributes: UnsafeBufferPointer<zoo_attr>, of call: String) throws {
    self.init(
      try attributes.map { attribute in
        let name = String(attribute.name)
        switch attribute.type {
        case UInt32(ZOO_ATTR_I64): return (name, .int(Int(attribute.i)))
        case UInt32(ZOO_ATTR_F64): return (name, .float(attribute.f))
        case UInt32(ZOO_ATTR_STR): return (name, .string(String(attribute.s)))
        case UInt32(ZOO_ATTR_I64S):
          return (name, .ints(try list(attribute.is, attribute.n_is, call).map(Int.init)))
        default: throw Refusal.attribute(call, "attribute '\(name)' has the unknown type \(attribute.type)")
        }
      })
  }
}

/// Attributes of `param` and `state`: read by name, and none left over.
struct DefinitionAttributes {
  private let call: String
  private var left: [Attributes.Item]

  init(_ start: UnsafePointer<zoo_attr>?, _ count: Int, _ call: String) throws {
    self.call = call
    left = try Attributes(reading: list(start, count, call), of: call).items
  }

  private mutating func take(_ name: String) -> AttributeValue? {
    left.firstIndex { $0.name == name }.map { left.remove(at: $0).value }
  }
  private func wrong(_ name: String, _ want: String) -> Refusal {
    .attribute(call, "attribute '\(name)' must be \(want)")
  }

  mutating func text(_ name: String) throws -> String? {
    switch take(name) {
    case nil: return nil
    case .string(let text)?: return text
    default: throw wrong(name, "a text")
    }
  }
  mutating func int(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    switch take(name) {
    case nil: return nil
    case .int(let value)? where range.contains(value): return value
    default: throw wrong(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
  mutating func number(_ name: String) throws -> Double? {
    switch take(name) {
    case nil: return nil
    case .int(let value)?: return Double(value)
    case .float(let value)? where value.isFinite: return value
    default: throw wrong(name, "a finite number")
    }
  }
  func finish() throws {
    if let first = left.first { throw Refusal.attribute(call, "unknown attribute '\(first.name)'") }
  }
}
