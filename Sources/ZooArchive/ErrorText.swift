import Glibc

/// `text` with everything unprintable escaped, and cut after `limit` characters: names come from files that
/// others made and end up on terminals.
func clean(_ text: String, limit: Int = 160) -> String {
  var out = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return out + "…" }
    count += 1
    let hidden: Bool
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: hidden = true
    default: hidden = false
    }
    if hidden {
      out += "\\u{" + String(scalar.value, radix: 16) + "}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}

func quoted(_ text: String) -> String { "\"" + clean(text) + "\"" }

func shown(_ shape: [Int]) -> String {
  let parts = shape.prefix(16).map(String.init)
  return "[" + parts.joined(separator: ", ") + (shape.count > 16 ? ", …]" : "]")
}

func hint(_ nearest: String?) -> String { hint(nearest.map { [$0] } ?? []) }

func hint(_ nearest: [String]) -> String {
  nearest.isEmpty ? "" : "; did you mean " + nearest.map(quoted).joined(separator: " or ") + "?"
}

func systemMessage(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}
