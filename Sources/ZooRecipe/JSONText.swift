/// A node as JSON on one line, keys in order.
func jsonText(of node: YAMLNode) -> String {
  switch node.content {
  case .sequence(let items): "[" + items.map(jsonText).joined(separator: ",") + "]"
  case .mapping(let entries):
    "{" + entries.map { quoted($0.key) + ":" + jsonText(of: $0.value) }.joined(separator: ",") + "}"
  case .scalar(let text, let plain):
    switch YAMLScalar(text, plain: plain) {
    case .null: "null"
    case .bool(let value): String(value)
    case .integer(let text), .float(let text): jsonNumber(text)
    case .text(let text): quoted(text)
    }
  }
}

/// JSON knows no leading `+` and no leading zeros, and wants digits on both sides of the point.
private func jsonNumber(_ text: String) -> String {
  var rest = text[...]
  var sign = ""
  if let first = rest.first, first == "-" || first == "+" {
    sign = first == "-" ? "-" : ""
    rest = rest.dropFirst()
  }
  let mantissaEnd = rest.firstIndex { $0 == "e" || $0 == "E" } ?? rest.endIndex
  let exponent = rest[mantissaEnd...]
  let parts = rest[..<mantissaEnd].split(separator: ".", omittingEmptySubsequences: false)
  let whole = parts.first?.drop { $0 == "0" } ?? ""
  var result = sign + (whole.isEmpty ? "0" : whole)
  if parts.count > 1 { result += "." + (parts[1].isEmpty ? "0" : parts[1]) }
  return result + exponent
}

/// A text in double quotes with the escapes of JSON.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20: result += "\\u" + hexadecimal(scalar.value, digits: 4)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// A node as JSON for people to read: an object's members on lines of their own, lists of scalars on one.
func indentedJSON(of node: YAMLNode, indent: Int = 0) -> String {
  let inner = String(repeating: " ", count: indent + 2)
  let outer = String(repeating: " ", count: indent)
  switch node.content {
  case .mapping(let entries) where !entries.isEmpty:
    let members = entries.map { inner + quoted($0.key) + ": " + indentedJSON(of: $0.value, indent: indent + 2) }
    return "{\n" + members.joined(separator: ",\n") + "\n" + outer + "}"
  case .sequence(let items) where items.contains { $0.scalar == nil }:
    let lines = items.map { inner + indentedJSON(of: $0, indent: indent + 2) }
    return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
  default: return jsonText(of: node)
  }
}
