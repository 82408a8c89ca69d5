/// A JSON value. Objects keep the order of their keys; whole numbers that fit are `int`.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in their order. Two objects are equal if keys, values and order are.
public struct JSONObject: Sendable, Equatable {
  public private(set) var keys: [String] = []
  public private(set) var values: [JSONValue] = []
  /// Only for lookup in large objects, never for order; small ones are searched.
  private var positions: [String: Int] = [:]
  private static let indexFrom = 16

  public init() {}

  public var count: Int { keys.count }

  /// Key and value pairs in order.
  public var members: [(key: String, value: JSONValue)] {
    zip(keys, values).map { (key: $0, value: $1) }
  }

  /// The value under `key`; setting appends a new key or replaces the value in place; nil removes.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { values[$0] } }
    set {
      let position = position(of: key)
      if let newValue {
        if let position { values[position] = newValue } else { append(key, newValue) }
      } else if let position {
        keys.remove(at: position)
        values.remove(at: position)
        reindex()
      }
    }
  }

  private func position(of key: String) -> Int? {
    positions.isEmpty ? keys.firstIndex(of: key) : positions[key]
  }

  private mutating func reindex() {
    positions = [:]
    guard keys.count >= Self.indexFrom else { return }
    for (index, key) in keys.enumerated() { positions[key] = index }
  }

  /// False, and nothing changes, if the key is there already.
  @discardableResult
  mutating func append(_ key: String, _ value: JSONValue) -> Bool {
    guard position(of: key) == nil else { return false }
    keys.append(key)
    values.append(value)
    if positions.isEmpty { reindex() } else { positions[key] = keys.count - 1 }
    return true
  }

  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.keys == b.keys && a.values == b.values
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// A key that occurs twice takes its last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  public init(_ members: [(key: String, value: JSONValue)]) {
    for (key, value) in members { self[key] = value }
  }
}

extension JSONValue {
  /// The member of an object; nil if there is none or this is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let object) = self else { return nil }
    return object[key]
  }

  /// The element of an array; nil outside it or if this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let array) = self, array.indices.contains(index) else { return nil }
    return array[index]
  }

  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var int: Int64? { if case .int(let value) = self { value } else { nil } }
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// The number, whether written whole or not.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(nilLiteral: ()) { self = .null }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { (key: $0.0, value: $0.1) }))
  }
}
