extension JSONValue {
  /// On one line, `{"a":1,"b":[true]}`. The same value always gives the same text. Doubles are the shortest
  /// text that reads back to the same value; those that are not finite become null, for JSON has none.
  public func compact() -> String {
    var out = ""
    write(to: &out, indent: nil, level: 0)
    return out
  }

  /// Over several lines, indented by two spaces, with a line end at the end.
  public func pretty() -> String {
    var out = ""
    write(to: &out, indent: 2, level: 0)
    return out + "\n"
  }

  private func write(to out: inout String, indent: Int?, level: Int) {
    func newLine(_ level: Int) {
      guard let indent else { return }
      out += "\n" + String(repeating: " ", count: indent * level)
    }
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value): out += value.isFinite ? "\(value)" : "null"
    case .string(let value): writeJSONString(value, to: &out)
    case .array(let elements):
      guard !elements.isEmpty else { return out += "[]" }
      // Short lists of numbers (shapes, offsets) stay on one line, also in the pretty form.
      let flat = indent == nil || elements.allSatisfy(\.isNumber)
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += indent != nil && flat ? ", " : "," }
        if !flat { newLine(level + 1) }
        element.write(to: &out, indent: indent, level: level + 1)
      }
      if !flat { newLine(level) }
      out += "]"
    case .object(let object):
      guard object.count > 0 else { return out += "{}" }
      out += "{"
      for (index, key) in object.keys.enumerated() {
        if index > 0 { out += "," }
        newLine(level + 1)
        writeJSONString(key, to: &out)
        out += indent == nil ? ":" : ": "
        object.values[index].write(to: &out, indent: indent, level: level + 1)
      }
      newLine(level)
      out += "}"
    }
  }

  private var isNumber: Bool {
    switch self {
    case .int, .double: true
    default: false
    }
  }
}

private func writeJSONString(_ text: String, to out: inout String) {
  out += "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    default:
      if scalar.value < 0x20 || scalar.value == 0x7F {
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
  out += "\""
}
