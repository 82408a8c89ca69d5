/// JSON text that cannot be read, or lacks what it must have.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
  init(position: Int, why: String) { description = "bad JSON at byte \(position): \(why)" }
}

extension JSON {
  package var fields: [(key: String, value: JSON)]? { if case .object(let fields) = self { fields } else { nil } }

  private func field(_ name: String) -> JSON? { fields?.first { $0.key == name }?.value }

  private func get<T>(_ name: String, _ want: String, _ read: (JSON) -> T?) throws -> T {
    guard let value = field(name) else { throw JSONError("'\(name)' is missing") }
    guard let result = read(value) else { throw JSONError("'\(name)' must be \(want), it is \(value.kind)") }
    return result
  }

  package func object(_ name: String) throws -> JSON { try get(name, "an object") { $0.fields == nil ? nil : $0 } }
  package func string(_ name: String) throws -> String {
    try get(name, "a string") { if case .string(let text) = $0 { text } else { nil } }
  }
  package func bool(_ name: String) throws -> Bool {
    try get(name, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }
  package func array(_ name: String) throws -> [JSON] {
    try get(name, "a list") { if case .array(let items) = $0 { items } else { nil } }
  }
  package func int(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    let value = try get(name, "a whole number") { if case .int(let value) = $0 { value } else { nil } }
    guard range.contains(value) else {
      throw JSONError("'\(name)' must be between \(range.lowerBound) and \(range.upperBound), not \(value)")
    }
    return value
  }
  package func strings(_ name: String) throws -> [String] {
    try array(name).map {
      guard case .string(let text) = $0 else { throw JSONError("'\(name)' must be a list of strings") }
      return text
    }
  }
  package func doubles(_ name: String, count: Int) throws -> [Double] {
    let items = try array(name).map { item in
      switch item {
      case .int(let value): return Double(value)
      case .double(let value): return value
      default: throw JSONError("'\(name)' must be a list of numbers")
      }
    }
    guard items.count == count else {
      throw JSONError("'\(name)' must have \(count) numbers, not \(items.count)")
    }
    return items
  }

  /// Fields of `other` in the place of equal ones, new ones at the end.
  package func merged(with other: JSON) -> JSON {
    guard case .object(var mine) = self, case .object(let theirs) = other else { return other }
    for (key, value) in theirs {
      if let index = mine.firstIndex(where: { $0.key == key }) {
        mine[index].value = mine[index].value.merged(with: value)
      } else {
        mine.append((key, value))
      }
    }
    return .object(mine)
  }
}
