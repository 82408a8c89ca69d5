/// What a scalar means, by the core schema of YAML 1.2 without its octal and hexadecimal integers,
/// infinities and not-a-number. `yes`, `no`, `on` and `off` are text.
public enum YAMLScalar: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A whole number in decimal, with the text it was written as (it may be too large for `Int`).
  case integer(String)
  /// A number with a point or an exponent, with the text it was written as.
  case float(String)
  case text(String)

  init(_ text: String, plain: Bool) {
    guard plain else {
      self = .text(text)
      return
    }
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "true", "True", "TRUE": self = .bool(true)
    case "false", "False", "FALSE": self = .bool(false)
    default:
      switch numberShape(of: text.utf8) {
      case .integer: self = .integer(text)
      case .float: self = .float(text)
      case .none: self = .text(text)
      }
    }
  }
}

enum NumberShape { case integer, float, none }

/// `[-+]? (digits | digits? '.' digits | digits '.') ([eE] [-+]? digits)?`
func numberShape(of text: String.UTF8View) -> NumberShape {
  var rest = Substring(String(text)).utf8
  func digits(_ rest: inout Substring.UTF8View) -> Int {
    let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
    rest = rest.dropFirst(count)
    return count
  }
  func take(_ choices: [Character], _ rest: inout Substring.UTF8View) -> Bool {
    guard let first = rest.first, choices.contains(where: { $0.asciiValue == first }) else { return false }
    rest = rest.dropFirst()
    return true
  }
  _ = take(["-", "+"], &rest)
  let whole = digits(&rest)
  let pointed = take(["."], &rest)
  let fraction = pointed ? digits(&rest) : 0
  if whole + fraction == 0 { return .none }
  var shape = pointed ? NumberShape.float : .integer
  if take(["e", "E"], &rest) {
    _ = take(["-", "+"], &rest)
    if digits(&rest) == 0 { return .none }
    shape = .float
  }
  return rest.isEmpty ? shape : .none
}

extension YAMLNode {
  /// The meaning of a scalar; nil for lists and mappings.
  public var scalar: YAMLScalar? {
    if case .scalar(let text, let plain) = content { YAMLScalar(text, plain: plain) } else { nil }
  }

  /// True for `null`, `~` and an absent value.
  public var isNull: Bool { scalar == .null }

  /// The text of a text scalar; nil for numbers, true, false and null.
  public var textValue: String? {
    if case .text(let text) = scalar { text } else { nil }
  }

  /// A whole number that fits 64 bits.
  public var intValue: Int? {
    if case .integer(let text) = scalar { Int(text) } else { nil }
  }

  /// A finite number, whole or not.
  public var doubleValue: Double? {
    switch scalar {
    case .integer(let text), .float(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  public var boolValue: Bool? {
    if case .bool(let value) = scalar { value } else { nil }
  }
}
