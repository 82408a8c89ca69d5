import ZooABI

/// The value of an operation's attribute.
public enum Attribute: Sendable {
  case int(Int)
  case float(Double)
  case string(String)
  case ints([Int])
}

/// Lays attributes out for the host; their texts and lists live until `body` returns.
func withAttributes<Result>(
  _ attributes: ArraySlice<(name: String, value: Attribute)>, after done: [zoo_attr] = [],
  _ body: (UnsafeBufferPointer<zoo_attr>) throws -> Result
) throws -> Result {
  guard let (name, value) = attributes.first else { return try done.withUnsafeBufferPointer(body) }
  let rest = attributes.dropFirst()
  return try name.withText { name in
    var item = zoo_attr()
    item.name = name
    switch value {
    case .int(let number):
      item.type = UInt32(ZOO_ATTR_I64)
      item.i = Int64(number)
      return try withAttributes(rest, after: done + [item], body)
    case .float(let number):
      item.type = UInt32(ZOO_ATTR_F64)
      item.f = number
      return try withAttributes(rest, after: done + [item], body)
    case .string(let text):
      return try text.withText { text in
        item.type = UInt32(ZOO_ATTR_STR)
        item.s = text
        return try withAttributes(rest, after: done + [item], body)
      }
    case .ints(let numbers):
      return try numbers.map(Int64.init).withUnsafeBufferPointer { numbers in
        item.type = UInt32(ZOO_ATTR_I64S)
        item.is = numbers.baseAddress
        item.n_is = numbers.count
        return try withAttributes(rest, after: done + [item], body)
      }
    }
  }
}
