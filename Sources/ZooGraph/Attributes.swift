/// The value of an operation's attribute.
public enum AttributeValue: Sendable, Hashable {
  case int(Int)
  case float(Double)
  case string(String)
  case ints([Int])
}

/// Named attributes in the order they were written.
public struct Attributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public struct Item: Sendable, Hashable {
    public let name: String
    public let value: AttributeValue
  }
  public var items: [Item]

  public init(_ items: [(String, AttributeValue)]) { self.items = items.map { Item(name: $0.0, value: $0.1) } }
  public init(dictionaryLiteral elements: (String, AttributeValue)...) { self.init(elements) }
}

/// Reads an operation's attributes once each; what is left over is an error.
public struct AttributeReader {
  let operation: String
  private var left: [Attributes.Item]

  init(operation: String, _ attributes: Attributes) {
    self.operation = operation
    left = attributes.items
  }

  private mutating func take(_ name: String) -> AttributeValue? {
    guard let index = left.firstIndex(where: { $0.name == name }) else { return nil }
    return left.remove(at: index).value
  }

  private func wrong(_ name: String, _ want: String) -> GraphError {
    .attribute(operation: operation, "attribute '\(name)' must be \(want)")
  }

  mutating func int(_ name: String, default fallback: Int? = nil, in range: ClosedRange<Int>) throws(GraphError) -> Int
  {
    switch take(name) {
    case nil:
      guard let fallback else { throw wrong(name, "given") }
      return fallback
    case .int(let value)?:
      guard range.contains(value) else {
        throw wrong(name, "between \(range.lowerBound) and \(range.upperBound), not \(value)")
      }
      return value
    default: throw wrong(name, "a whole number")
    }
  }

  mutating func float(_ name: String, default fallback: Double? = nil) throws(GraphError) -> Double {
    switch take(name) {
    case nil:
      guard let fallback else { throw wrong(name, "given") }
      return fallback
    case .int(let value)?: return Double(value)
    case .float(let value)?:
      guard value.isFinite else { throw wrong(name, "finite") }
      return value
    default: throw wrong(name, "a number")
    }
  }

  mutating func ints(_ name: String, default fallback: [Int]? = nil) throws(GraphError) -> [Int] {
    switch take(name) {
    case nil:
      guard let fallback else { throw wrong(name, "given") }
      return fallback
    case .ints(let values)?: return values
    case .int(let value)?: return [value]
    default: throw wrong(name, "a list of whole numbers")
    }
  }

  mutating func string(_ name: String, default fallback: String, among choices: [String]) throws(GraphError) -> String {
    switch take(name) {
    case nil: return fallback
    case .string(let value)? where choices.contains(value): return value
    default: throw wrong(name, "one of \(choices.joined(separator: ", "))")
    }
  }

  /// Refuses what nobody read.
  func finish() throws(GraphError) {
    if let first = left.first { throw .attribute(operation: operation, "unknown attribute '\(first.name)'") }
  }
}
